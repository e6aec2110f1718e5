"""The fastest arithmetic of the processor."""

import pathlib

import tensorflow as tf

_BFLOAT16_FEATURES = {"amx_bf16", "avx512_bf16"}


def choose_precision(wanted: str = "auto") -> str:
    """Returns the Keras dtype policy to compute with.

    Args:
        wanted: a dtype policy, or `auto` for `mixed_bfloat16` where it is
            faster and `float32` elsewhere.
    """
    if wanted != "auto":
        return wanted
    return "mixed_bfloat16" if multiplies_bfloat16() else "float32"


def multiplies_bfloat16(cpuinfo: str = "/proc/cpuinfo") -> bool:
    """Whether there is an accelerator, or a processor with AMX or AVX512-BF16.

    Args:
        cpuinfo: file that lists the features of the processor.
    """
    devices = {
        device.device_type for device in tf.config.list_physical_devices()
    }
    if devices - {"CPU"}:
        return True
    file = pathlib.Path(cpuinfo)
    features = set(file.read_text().split()) if file.is_file() else set()
    return bool(features & _BFLOAT16_FEATURES)
