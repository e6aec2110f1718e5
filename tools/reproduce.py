"""`python -m experiments`, from any folder."""

import os
import pathlib
import sys

if __name__ == "__main__":
    os.environ["PYTHONPATH"] = str(pathlib.Path(__file__).parents[1])
    command = [sys.executable, "-m", "experiments", *sys.argv[1:]]
    os.execv(sys.executable, command)
