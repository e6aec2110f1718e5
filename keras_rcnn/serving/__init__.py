"""Servers for trained networks, and their clients."""

from keras_rcnn.errors import missing_extra

try:
    from keras_rcnn.serving.grpc_client import GrpcClient
    from keras_rcnn.serving.rest_client import RestClient
except ModuleNotFoundError as error:
    raise missing_extra("Serving", "serving") from error

__all__ = ["GrpcClient", "RestClient"]
