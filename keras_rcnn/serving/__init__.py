"""Trained networks behind a network address, and clients to ask them."""

from keras_rcnn.serving.grpc_client import GrpcClient
from keras_rcnn.serving.rest_client import RestClient

__all__ = ["GrpcClient", "RestClient"]
