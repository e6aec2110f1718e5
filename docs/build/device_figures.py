"""Measures LiteRT files on one core, for docs/devices.md; a minute.

    taskset --cpu-list 0 python -m docs.build.device_figures

Prints for each file its size, the processor time of a photo in the fastest run,
which other programs disturb least, and the peak memory of the whole process of
docs/cpp/label_photo. Needs a C++ compiler and the extras `litert` and `photo`.
"""

import importlib.util
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image

from docs.build.browser import NETWORKS, ROOT
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.errors import InputError, missing_extra
from keras_rcnn.io.sample_photo import find_sample_photo
from keras_rcnn.runtime.litert_labeler import LiteRTLabeler

SAMPLE = ROOT / "docs" / "cpp" / "label_photo.cpp"
FILES = ("weights", "float32", "dynamic", "int8")
# A small process in between: a child counts the memory of its parent.
PEAK = """import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))"""
FLAGS = Flags()
FLAGS.add_integer("repeats", 30, "Runs that each fastest one is taken from.")
NEEDS_TENSORFLOW = False


def main() -> None:
    """Prints the table."""
    print("| network | file | KB | ms of one core | MB of the process |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as work:
        program = compile_sample(pathlib.Path(work))
        for network in NETWORKS:
            for name in FILES:
                file = ROOT / "saved_models" / network / "litert"
                file /= f"{name}.tflite"
                row = (
                    network,
                    f"`{name}`",
                    f"{file.stat().st_size / 1024:.0f}",
                    f"{milliseconds(file):.1f}",
                    f"{peak_megabytes(program, file):.0f}",
                )
                print(f"| {' | '.join(row)} |", flush=True)


def compile_sample(folder: pathlib.Path, compiler: str = "c++") -> pathlib.Path:
    """Compiles label_photo.cpp with the library of ai-edge-litert.

    Args:
        folder: folder of the program.
        compiler: name of the compiler.

    Raises:
        InputError: if LiteRT or the compiler is missing, or it fails.
    """
    package = importlib.util.find_spec("ai_edge_litert")
    if package is None or package.origin is None:
        raise missing_extra("label_photo", "litert")
    library = pathlib.Path(package.origin).parent
    program = folder / "label_photo"
    command = [
        *(compiler, "-std=c++17", "-O2", "-Wall", "-Wextra", "-Werror"),
        *("-o", str(program), str(SAMPLE)),
        *(f"-L{library}", "-lLiteRt", f"-Wl,-rpath,{library}"),
    ]
    try:
        result = subprocess.run(command, capture_output=True, text=True)
    except OSError as error:
        raise InputError(f"There is no {compiler}: install one.") from error
    if result.returncode:
        raise InputError(f"{SAMPLE} does not compile: {result.stderr}")
    return program


def photo_for(file: pathlib.Path) -> tuple[LiteRTLabeler, Image.Image]:
    """A labeler on one thread and the sample photo at its size."""
    labeler = LiteRTLabeler(file, num_threads=1)
    assert labeler.size
    with Image.open(find_sample_photo()) as photo:
        return labeler, photo.resize(labeler.size[::-1])


def milliseconds(file: pathlib.Path) -> float:
    """Processor time of a photo in the fastest run."""
    labeler, photo = photo_for(file)
    pixels = np.asarray(photo)
    times = []
    for _ in range(FLAGS.repeats):
        start = time.process_time()
        labeler(pixels)
        times.append(time.process_time() - start)
    return 1000 * min(times)


def peak_megabytes(program: pathlib.Path, file: pathlib.Path) -> float:
    """Most memory that a process has which labels one photo."""
    photo, labels = program.parent / "photo.ppm", program.parent / "labels.pgm"
    photo_for(file)[1].save(photo)
    command: list[str | pathlib.Path] = [sys.executable, "-I", "-S", "-c", PEAK]
    result = subprocess.run(
        [*command, program, file, photo, labels],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return int(result.stdout.split()[-1]) / 1024


if __name__ == "__main__":
    sys.exit(runner.run(sys.modules[__name__], sys.argv))
