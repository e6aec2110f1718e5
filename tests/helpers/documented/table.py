r"""How examples of the documentation are run, and which are not.

Every block of README.md and docs is run: Python blocks, and blocks without a
language as shell commands. A new block that cannot be run as it is needs a line
here:

- `SHORTER` if it takes long, or needs something that is missing in a test. Each
  pair is a regular expression and its replacement by `re.sub`. They are applied
  in this order to commands and Python. `{grpc}`, `{rest}` and `{kserve}` are
  free ports.
- `NOT_RUN` if it cannot be run at all, or README.md has the same commands: a
  pattern of page paths, a regular expression that is found in
  "LANGUAGE\nTEXT", and the reason.
- `SERVERS` if it runs until it is stopped: a regular expression of the command,
  and a text that it prints when it is ready.

`stage.py` lays out the files that the examples need.
"""

import fnmatch
import re

SAME = "README.md has the same"
SHORTER = (
    # A few steps of the smallest network. (`stage.py` shortens experiments.)
    (r"--minutes=[\d.]+", "--steps=2 --steps_per_epoch=2 --preset=plain"),
    (r"--folds=5", "--folds=2"),
    # That network; one run and one score, not two and seven.
    (
        r"(--experiments?=|runs/)stanford_rcnn2_(dense|longest|taught)",
        r"\1stanford_plain_paper",
    ),
    # Extras are installed already; their names are checked.
    (
        r"-m pip install -e '\.\[(\w+)\]'",
        r"""-c "import tomllib; tomllib.load(open('pyproject.toml', 'rb'))"""
        r"""['project']['optional-dependencies']['\1']" """,
    ),
    (r"-m pip install \.", "-m pip --version"),
    (r"\bmake test\b", "make --dry-run test"),
    # `test_export.py` runs it completely.
    (r"--all=exported", "--saved_model=exported"),
    # Speeds that nobody reads may be inaccurate.
    (
        r"--sizes=240x320",
        "--sizes=8x8 --seconds=0 --preset=plain --resolutions=4 "
        "--precisions=float32",
    ),
    (r"--suite=corpus", "--suite=corpus --sizes=48x64,96x128 --repeats=1"),
    (r"--suite=training", "--suite=training --preset=plain --steps=1"),
    (
        r"experiments\.video",
        "experiments.video --clips=1 --frames=2 --smoothing=0.5",
    ),
    (r"--seconds=70", "--seconds=0"),
    (r"--suite=allreduce", "--suite=allreduce --repeats=2"),
    (r"--seconds=12", "--seconds=0.1 --requests=10 --sizes=8x8"),
    # Other servers may use the ports.
    (
        r"keras-rcnn serve",
        "keras-rcnn serve --port={grpc} --rest_port={rest} "
        "--kserve_port={kserve}",
    ),
    (r"127\.0\.0\.1:8500", "127.0.0.1:{grpc}"),
    (r"127\.0\.0\.1:8501", "127.0.0.1:{rest}"),
    (r"\b5050\b", "{kserve}"),
    (r"keras-rcnn demo", "keras-rcnn demo --port=0"),
    (r" --open_browser", ""),
    # One machine takes the place of several.
    (
        r"(--strategy=mirrored) \.\.\.",
        r"\1 --dataset=synthetic --preset=plain --steps=2 --model_dir=mirrored",
    ),
    (
        r"(--data_service=\S+) \.\.\.",
        r"\1 --dataset=synthetic --preset=plain --steps=2 --model_dir=drawn",
    ),
    (
        r"(keras-rcnn train --strategy=multi_worker) \.\.\.",
        'TF_CONFIG=\'{"cluster": {"worker": ["127.0.0.1:{grpc}"]}, '
        r""""task": {"type": "worker", "index": 0}}' \1 """
        r"--dataset=synthetic --preset=plain --steps=2 --model_dir=workers",
    ),
)

NOT_RUN = (
    ("docs/teach.md", r"experiments.strokes", "test_strokes.py is shorter"),
    ("*", r"\A\n\S+/\n", "the drawing of a folder"),
    ("*", r"\Akotlin\n", "needs Android's tools"),
    ("*", r"\Aswift\n", "needs Apple's tools"),
    ("*", r"\A\ndocker (run|build) ", "needs Docker"),
    ("*", r"\A\nFROM ", "a Dockerfile"),
    ("docs/browser.md", r"make browser", "test_browser_page.py does it"),
    ("docs/browser.md", r"browser_figures", "takes pictures and time"),
    ("docs/devices.md", r"device_figures|litert-benchmark", "takes time"),
    ("docs/devices.md", r"packaging/runtime", "docs/runtime.md has the same"),
    ("docs/devices.md", r"label_photo", "test_cpp_sample.py compiles it"),
    ("docs/own_photos.md", r"\A\n(sky|road = 7)", "the content of a file"),
    ("*", r"\A\nlabelme ", "opens a window"),
    ("docs/annotation_tools.md", r"cvat-cli", "needs a CVAT server"),
    ("docs/annotation_tools.md", r"label-studio start", "runs on"),
    ("docs/own_photos.md", r"keras-rcnn (inspect|evaluate)", SAME),
    ("docs/index.md", r"make demo|keras-rcnn label", SAME),
    ("docs/corpus.md", r"--runner=(Flink|Spark|Dataflow)", "needs a cluster"),
    ("docs/video.md", r"--camera", "needs a camera"),
    ("docs/reproduce.md", r"python -m experiments", SAME),
    ("docs/runtime.md", r"pip install", "test_runtime.py installs it"),
    ("docs/runtime.md", r"export", "test_engine_tiles.py exports such files"),
    ("docs/runtime.md", r"benchmarks startup|du -", "measures for minutes"),
    ("docs/pyramid.md", r"benchmarks peers", "test_peers.py is shorter"),
    ("docs/scaling.md", r"\A\n#SBATCH", "needs Slurm"),
    ("docs/scaling.md", r"JOB_COMPLETION_INDEX", "needs Kubernetes"),
    ("docs/scaling.md", r"\A\nexport TF_CONFIG=.*host2", "needs two machines"),
)

SERVERS = {
    r"keras-rcnn serve": "Ready",
    r"keras-rcnn demo": "Ready",
    r"keras-rcnn data-worker": " at 127.0.0.1:",
}


def shorten(text, ports):
    """An example as it is run.

    Args:
        text: the example in the documentation.
        ports: free ports, by `grpc`, `rest` and `kserve`.
    """
    for pattern, replacement in SHORTER:
        text = re.sub(pattern, replacement, text)
    for name, port in ports.items():
        text = text.replace(f"{{{name}}}", str(port))
    return text


def entry_not_run(block):
    """The line of `NOT_RUN` for a block, if there is one."""
    for entry in NOT_RUN:
        page, pattern, _ = entry
        found = re.search(pattern, f"{block.language}\n{block.text}", re.S)
        if found and fnmatch.fnmatch(block.page, page):
            return entry
    return None


def said_when_ready(command):
    """What a server prints when it is ready; None for other commands."""
    for pattern, words in SERVERS.items():
        if re.search(pattern, command):
            return words
    return None
