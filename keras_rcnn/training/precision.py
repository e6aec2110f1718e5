"""Which arithmetic the processor is best at."""

import pathlib

BFLOAT16_FEATURES = {"amx_bf16", "avx512_bf16"}


def choose_precision(
    wanted: str = "auto", cpuinfo: str = "/proc/cpuinfo"
) -> str:
    """The Keras dtype policy to train with.

    Args:
        wanted: a dtype policy, or `auto` for `mixed_bfloat16` where the
            processor multiplies bfloat16 by itself and `float32` elsewhere.
        cpuinfo: where the processor tells its features.
    """
    if wanted != "auto":
        return wanted
    file = pathlib.Path(cpuinfo)
    features = set(file.read_text().split()) if file.is_file() else set()
    return "mixed_bfloat16" if features & BFLOAT16_FEATURES else "float32"
