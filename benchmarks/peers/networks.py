"""Networks of others, up to the features that are classified."""

from typing import Any

import keras

from keras_rcnn.errors import import_extra

# SegFormer of keras-hub takes squares only: of a crop of 192 x 256 pixels, and
# of a photo of 240 x 320, squares with about as many pixels.
CROP_SIDE, PHOTO_SIDE = 224, 288
# Of batch normalization, as few steps are trained.
MOMENTUM = 0.95


def unet(base: int) -> keras.Model:
    """A U-Net up to the features that are classified.

    Two 3x3 convolutions with batch normalization at each of five levels, which
    four poolings separate; each level has twice the filters of the finer one.

    Args:
        base: filters of the finest level.

    Reference:
        Ronneberger et al., "U-Net: Convolutional Networks for Biomedical Image
        Segmentation", arXiv:1505.04597. Here, convolutions are padded.
    """
    layers = keras.layers
    inputs = features = keras.Input((None, None, 3))
    skipped = []
    for level in range(4):
        features = _two_convolutions(features, base * 2**level)
        skipped.append(features)
        features = layers.MaxPooling2D()(features)
    features = _two_convolutions(features, base * 2**4)
    for level in reversed(range(4)):
        filters = base * 2**level
        features = layers.Conv2DTranspose(filters, 2, strides=2)(features)
        features = layers.Concatenate()([skipped[level], features])
        features = _two_convolutions(features, filters)
    return keras.Model(inputs, features)


def _two_convolutions(features: Any, filters: int) -> Any:
    for _ in range(2):
        features = keras.layers.Conv2D(
            filters,
            3,
            padding="same",
            use_bias=False,
            kernel_initializer="he_normal",
        )(features)
        features = keras.layers.BatchNormalization()(features)
        features = keras.layers.ReLU()(features)
    return features


def _deeplab(hub: Any, side: int) -> keras.Model:
    """DeepLabV3+ with the settings of its preset, but ResNet-18 inside."""
    encoder = hub.models.ResNetBackbone(
        input_conv_filters=[64],
        input_conv_kernel_sizes=[7],
        stackwise_num_filters=[64, 128, 256, 512],
        stackwise_num_blocks=[2, 2, 2, 2],
        stackwise_num_strides=[1, 2, 2, 2],
        block_type="basic_block",
    )
    backbone = hub.models.DeepLabV3Backbone(
        encoder,
        spatial_pyramid_pooling_key="P5",
        upsampling_size=8,
        dilation_rates=[6, 12, 18],
        low_level_feature_key="P2",
    )
    # It would enlarge 256 channels before they are classified. Classified
    # first, the scores are the same, and 4 x 4 times cheaper.
    features = backbone.get_layer("segmentation_head_relu").output
    return keras.Model(backbone.input, features)


def _segformer(hub: Any, side: int) -> keras.Model:
    """SegFormer with the settings of its smallest preset, B0."""
    encoder = hub.models.MiTBackbone(
        image_shape=(side, side, 3),
        num_layers=4,
        hidden_dims=[32, 64, 160, 256],
        layerwise_depths=[2, 2, 2, 2],
        layerwise_num_heads=[1, 2, 5, 8],
        layerwise_sr_ratios=[8, 4, 2, 1],
        layerwise_patch_sizes=[7, 3, 3, 3],
        layerwise_strides=[4, 2, 2, 2],
        max_drop_path_rate=0.1,
    )
    backbone = hub.models.SegFormerBackbone(encoder, projection_filters=256)
    features = keras.layers.Dropout(0.1)(backbone.output)
    return keras.Model(backbone.input, features)


HUB = {"deeplab": _deeplab, "segformer": _segformer}


def import_hub() -> Any:
    """The package keras-hub.

    Raises:
        InputError: if it is not installed.
    """
    return import_extra("keras_hub", "DeepLabV3 and SegFormer", "peers")


def build_features(network: str, side: int) -> keras.Model:
    """A network up to the features that are classified.

    Args:
        network: `unet8`, `unet16`, ...; or a key of `HUB`.
        side: of the square that SegFormer sees, in pixels.
    """
    if network in HUB:
        body = HUB[network](import_hub(), side)
    else:
        body = unet(int(network.removeprefix("unet")))
    for layer in body._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = MOMENTUM
    return body
