"""Photos that a network was trained on, among those that it is scored on."""

import json
import pathlib

from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.training.run_folder import SETTINGS_FILE

# Networks that continue from others, at most.
_MAX_RUNS = 20


def count_seen(model: str | pathlib.Path, dataset: SceneDataset) -> int:
    """How many photos of a folder a network has seen in its training.

    The settings of a run hold a hash of the pixels of each photo, and the
    network that the run started from.

    Args:
        model: file or folder of the network; other names have seen nothing.
        dataset: the photos that it is scored on.
    """
    seen: set[str] = set()
    for _ in range(_MAX_RUNS):
        path = pathlib.Path(model).expanduser()
        folder = path if path.is_dir() else path.parent
        try:
            settings = json.loads((folder / SETTINGS_FILE).read_bytes())
            seen.update(settings["data"].get("photos") or [])
            model = settings["start_from"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            break
        if not isinstance(model, str):
            break
    return sum(file.digest in seen for file in dataset.files)
