"""Which arithmetic the processor is best at."""

import pathlib

import tensorflow as tf

BFLOAT16_FEATURES = {"amx_bf16", "avx512_bf16"}


def choose_precision(
    wanted: str = "auto", cpuinfo: str = "/proc/cpuinfo"
) -> str:
    """The Keras dtype policy to compute with.

    Args:
        wanted: a dtype policy, or `auto` for `mixed_bfloat16` where there is
            an accelerator or the processor multiplies bfloat16 by itself, and
            `float32` elsewhere.
        cpuinfo: where the processor tells its features.
    """
    if wanted != "auto":
        return wanted
    devices = {
        device.device_type for device in tf.config.list_physical_devices()
    }
    if devices - {"CPU"}:
        return "mixed_bfloat16"
    file = pathlib.Path(cpuinfo)
    features = set(file.read_text().split()) if file.is_file() else set()
    return "mixed_bfloat16" if features & BFLOAT16_FEATURES else "float32"
