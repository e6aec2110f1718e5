"""The `keras-rcnn` command."""

import difflib
import importlib
import sys
import types
from collections.abc import Sequence

import keras_rcnn
from keras_rcnn.cli import runner
from keras_rcnn.errors import DISTRIBUTION, RUNTIME

# Each command is the module of its name in this package, with `_` for `-`.
COMMANDS = {
    "prepare": "prepare a published data set for training and scoring",
    "check": "find what is wrong with labeled photos before training",
    "train": "train a scene parser from scratch",
    "evaluate": "score a model on labeled photos",
    "inspect": "show where a model is wrong, as one HTML page",
    "label": "label photos of your own",
    "rank": "order photos by what labeling them would teach",
    "export": "write a model for serving, phones or ONNX",
    "serve": "answer labeling requests over gRPC and REST",
    "demo": "try a model in the browser",
    "label-corpus": "label any number of photos on Apache Beam",
    "data-worker": "draw training batches in processes beside the training",
    "model-card": "write the model card of a trained network",
    "benchmark": "measure how fast a network labels photos",
    "models": "list the trained networks that come with the package",
    "completion": "print a script for completion in bash or zsh",
}


def main() -> None:
    """Runs the command that the command line names and exits."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Runs `keras-rcnn ARGUMENTS` and gives its exit status."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(overview())
        return runner.DONE
    name, *rest = arguments
    if name == "--version":
        print(f"keras_rcnn {keras_rcnn.__version__}")
        if names := installed_together():
            print(
                f"note: {names} hold the same files: uninstall both, then "
                "install one.",
                file=sys.stderr,
            )
        return runner.DONE
    if name not in COMMANDS:
        similar = difflib.get_close_matches(name, COMMANDS, 1)
        hint = f" Did you mean {similar[0]!r}?" if similar else ""
        print(
            f"error: there is no command {name!r}.{hint} See keras-rcnn "
            "--help.",
            file=sys.stderr,
        )
        return runner.WRONG_USAGE
    return runner.run(load_command(name), [f"keras-rcnn {name}", *rest])


def run_tool(name: str) -> None:
    """Runs a command as a program of the folder `tools` and exits."""
    sys.exit(runner.run(load_command(name), sys.argv))


def installed_together() -> str:
    """Names the distributions of the package if both are installed."""
    # It takes longer to import than a command takes to start.
    from importlib import metadata

    names = DISTRIBUTION, RUNTIME
    both = all(any(metadata.distributions(name=name)) for name in names)
    return " and ".join(names) if both else ""


def load_command(name: str) -> types.ModuleType:
    """The module of a command."""
    return importlib.import_module(f"keras_rcnn.cli.{name.replace('-', '_')}")


def overview() -> str:
    """All commands with a line each."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {text}" for name, text in COMMANDS.items()]
    return "\n".join(
        [
            "usage: keras-rcnn COMMAND [--flag=value ...]",
            "",
            *lines,
            "",
            "keras-rcnn COMMAND --help lists the flags of a command.",
        ]
    )
