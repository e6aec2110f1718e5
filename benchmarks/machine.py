"""What figures of speed were measured on."""

import importlib.metadata
import os
import pathlib
import platform
from typing import Any

import tensorflow as tf

# Of all that a processor tells, what convolutions make use of.
FEATURES = (
    "avx avx2 fma avx_vnni avx512f avx512_vnni avx512_bf16 avx512_fp16 "
    "amx_tile amx_int8 amx_bf16 amx_fp16 asimd asimddp bf16 i8mm sve sve2"
).split()
PACKAGES = ("tensorflow", "keras", "numpy", "keras-rcnn")


def describe(cpuinfo: str = "/proc/cpuinfo") -> dict[str, Any]:
    """Processor, memory, accelerators, versions, threads, load.

    Args:
        cpuinfo: where the processor tells its features.
    """
    model, features = _processor(pathlib.Path(cpuinfo))
    gpus = tf.config.list_physical_devices("GPU")
    return {
        "processor": model,
        "cores": _cores(),
        "features": features,
        "memory_mb": physical_memory() // 10**6,
        "accelerators": [
            tf.config.experimental.get_device_details(gpu).get(
                "device_name", gpu.name
            )
            for gpu in gpus
        ],
        "system": f"{platform.system()} {platform.release()}",
        # Well above 0 before anything is measured: others are at work, too.
        "load_average": os.getloadavg()[0],
        "threads": threads(),
        "versions": {
            "python": platform.python_version(),
            **{name.replace("-", "_"): _version(name) for name in PACKAGES},
        },
    }


def threads() -> dict[str, int]:
    """How many TensorFlow computes with; as many as cores if not told."""
    threading = tf.config.threading
    return {
        "intra_op": threading.get_intra_op_parallelism_threads() or _cores(),
        "inter_op": threading.get_inter_op_parallelism_threads() or _cores(),
    }


def physical_memory() -> int:
    """Bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def sentence(machine: dict[str, Any]) -> str:
    """The machine for people, in two lines."""
    versions = ", ".join(
        f"{name} {version}" for name, version in machine["versions"].items()
    )
    parts = [
        machine["processor"],
        _count(machine["cores"], "core"),
        " ".join(machine["features"]),
        *machine["accelerators"],
        _count(machine["threads"]["intra_op"], "thread"),
        f"load {machine['load_average']:.1f}",
    ]
    return f"{', '.join(filter(None, parts))}\n{versions}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _processor(cpuinfo: pathlib.Path) -> tuple[str, list[str]]:
    """Model name, and the features that it has, in our order."""
    facts = {}
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            name, _, value = line.partition(":")
            facts[name.strip().lower()] = value.strip()
    has = set(facts.get("flags", facts.get("features", "")).split())
    return (
        facts.get("model name") or platform.processor() or platform.machine(),
        [feature for feature in FEATURES if feature in has],
    )


def _cores() -> int:
    """Those that this process may use, where the system tells."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
