"""Quantization of LiteRT files."""

import contextlib
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError, import_extra

QUANTIZATIONS = ("none", "float16", "weights", "dynamic", "int8")
SIGNATURE = "serving_default"
_INPUT = "images"
# Operations of the network. The standardization before it stays in float32:
# rounding it costs half a point of accuracy and saves nothing.
_NETWORK = (
    "ADD",
    "AVERAGE_POOL_2D",
    "CONCATENATION",
    "CONV_2D",
    "MAXIMUM",
    "MAX_POOL_2D",
    "MUL",
    "PAD",
    "RESIZE_BILINEAR",
    "RESIZE_NEAREST_NEIGHBOR",
    "SLICE",
    "SOFTMAX",
    "STRIDED_SLICE",
    "TANH",
)


def check_quantization(
    quantize: str,
    size: tuple[int, int] | None,
    photos: Sequence[np.ndarray],
) -> None:
    """Checks the arguments of `export_litert`.

    Raises:
        InputError: if there is no such quantization, or it needs photos.
    """
    if quantize not in QUANTIZATIONS:
        raise InputError(
            f"There is no quantization {quantize!r}: choose one of "
            f"{', '.join(QUANTIZATIONS)}."
        )
    if quantize == "int8" and (size is None or not len(photos)):
        raise InputError(
            "int8 needs photos of one size, to measure ranges: give a size "
            "and photos, or choose another quantization."
        )


def quantize_litert(
    model: bytes,
    quantize: str,
    photos: Iterable[np.ndarray] = (),
    more_operations: Sequence[str] = (),
) -> bytes:
    """Quantizes a LiteRT file of float32.

    - `float16`: weights of 16 bits, arithmetic in float32;
    - `weights`: weights of 8 bits, arithmetic in float32;
    - `dynamic`: weights of 8 bits; activations are rounded to 8 bits by their
      range in each photo;
    - `int8`: the whole network in 8 bits, by the ranges in `photos`.

    Args:
        model: content of the file.
        quantize: one of `QUANTIZATIONS`.
        photos: for `int8`, uint8 `(height, width, 3)` of the model's size.
        more_operations: for `int8`, names of LiteRT operations that networks
            of this package do not have.
    """
    if quantize == "none":
        return model
    quantizer = import_extra(
        "ai_edge_quantizer.quantizer", "Quantization", "litert"
    )
    with _quiet():
        work = quantizer.Quantizer(model, _recipe(quantize, more_operations))
        ranges = None
        if work.need_calibration:
            ranges = work.calibrate(
                {SIGNATURE: [{_INPUT: photo[None]} for photo in photos]}
            )
        return bytes(work.quantize(ranges).quantized_model)


def _recipe(quantize: str, more_operations: Sequence[str]) -> Any:
    from ai_edge_quantizer import recipe, recipe_manager
    from ai_edge_quantizer.qtyping import TFLOperationName

    if quantize == "weights":
        return recipe.weight_only_wi8_afp32()
    if quantize == "dynamic":
        return recipe.dynamic_wi8_afp32()
    manager = recipe_manager.RecipeManager()
    if quantize == "float16":
        manager.add_weight_only_config(
            regex=".*",
            operation_name=TFLOperationName.CONV_2D,
            num_bits=16,
            algorithm_key=recipe.AlgorithmName.FLOAT_CASTING,
        )
    else:
        for operation in (*_NETWORK, *more_operations):
            manager.add_static_config(
                regex=".*",
                operation_name=TFLOperationName[operation],
                activation_num_bits=8,
                weight_num_bits=8,
            )
    return manager.get_quantization_recipe()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Suppresses the progress and sizes that the quantizer prints."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(),
    ):
        # It warns about the memory that calibration takes.
        warnings.simplefilter("ignore")
        yield
