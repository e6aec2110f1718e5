"""Describes the machine that speed is measured on."""

import importlib.metadata
import os
import pathlib
import platform
from typing import Any

import tensorflow as tf

import keras_rcnn

# The features of a processor that convolutions use.
FEATURES = (
    "avx avx2 fma avx_vnni avx512f avx512_vnni avx512_bf16 avx512_fp16 "
    "amx_tile amx_int8 amx_bf16 amx_fp16 asimd asimddp bf16 i8mm sve sve2"
).split()
PACKAGES = ("tensorflow", "keras", "numpy")


def describe(cpuinfo: str = "/proc/cpuinfo") -> dict[str, Any]:
    """Processor, memory, accelerators, versions, threads and load.

    Args:
        cpuinfo: file in which Linux describes the processor.
    """
    model, features = _processor(pathlib.Path(cpuinfo))
    memory = physical_memory()
    details = tf.config.experimental.get_device_details
    return {
        "processor": model,
        "cores": _cores(),
        "features": features,
        "memory_mb": memory and memory // 10**6,
        "accelerators": [
            details(gpu).get("device_name", gpu.name)
            for gpu in tf.config.list_physical_devices("GPU")
        ],
        "system": f"{platform.system()} {platform.release()}",
        # If it is well above 0 before the measurement, other programs run.
        "load_average": _load_average(),
        "threads": threads(),
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in PACKAGES},
            "keras_rcnn": keras_rcnn.__version__,
        },
    }


def threads() -> dict[str, int]:
    """Threads that TensorFlow computes with: by default one for each core."""
    threading = tf.config.threading
    return {
        "intra_op": threading.get_intra_op_parallelism_threads() or _cores(),
        "inter_op": threading.get_inter_op_parallelism_threads() or _cores(),
    }


def physical_memory() -> int | None:
    """Bytes of memory; None if the system does not report them."""
    if not hasattr(os, "sysconf"):
        return None
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def sentence(machine: dict[str, Any]) -> str:
    """The result of `describe` in two lines of text."""
    versions = ", ".join(
        f"{name} {version}" for name, version in machine["versions"].items()
    )
    load = machine["load_average"]
    parts = [
        machine["processor"],
        _count(machine["cores"], "core"),
        " ".join(machine["features"]),
        *machine["accelerators"],
        _count(machine["threads"]["intra_op"], "thread"),
        "" if load is None else f"load {load:.1f}",
    ]
    return f"{', '.join(filter(None, parts))}\n{versions}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _processor(cpuinfo: pathlib.Path) -> tuple[str, list[str]]:
    """Name of the model, and its features in the order of `FEATURES`."""
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
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _load_average() -> float | None:
    """Mean number of running processes in the last minute."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None
