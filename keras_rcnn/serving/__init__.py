"""Servers for trained networks, and their clients."""

from keras_rcnn.serving.grpc_client import GrpcClient
from keras_rcnn.serving.rest_client import RestClient

__all__ = ["GrpcClient", "RestClient"]
