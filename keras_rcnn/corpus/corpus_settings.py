"""What decides which labels a photo gets."""

import dataclasses
import hashlib

from tensorflow.core.protobuf import saved_model_pb2

from keras_rcnn.corpus import stored_files
from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import CLASSES_FILE, read_classes
from keras_rcnn.runtime.saved_model_labeler import SIGNATURES

_GRAPH = "saved_model.pb"
_CLASSES = f"assets/{CLASSES_FILE}"


@dataclasses.dataclass(frozen=True)
class CorpusSettings:
    """A SavedModel and how it is to label photos.

    Args:
        model: its folder, on any filesystem of Beam.
        model_files: the files that it consists of, as paths below the folder.
        model_sha256: of those files, see `choose_model`.
        class_names: one for each label.
        signature: what the model is asked for.
        longest_side: to scale larger photos down to, in pixels; None leaves
            them.
    """

    model: str
    model_files: tuple[str, ...]
    model_sha256: str
    class_names: tuple[str, ...]
    signature: str
    longest_side: int | None

    def name(self, photo_sha256: str) -> str:
        """What the labels of a photo are called: 64 hexadecimal digits.

        It is the same for the same photo, model and settings, wherever they
        lie and whatever they are called.
        """
        parts = (
            photo_sha256,
            self.model_sha256,
            self.signature,
            str(self.longest_side),
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def choose_model(
    model: str,
    longest_side: int | None = None,
    output_resolution: int | None = None,
    num_instances: int | None = None,
) -> CorpusSettings:
    """Looks at a SavedModel without loading it.

    Its sha256 is that of the list of its files that `sha256sum` prints, which
    a shell counts by `find saved_model.pb variables assets -type f | LC_ALL=C
    sort | xargs sha256sum | sha256sum`.

    Args:
        model: folder that `export_saved_model` wrote.
        longest_side: to scale larger photos down to, in pixels.
        output_resolution: a choice that the model has a signature for.
        num_instances: likewise; one of both at a time.

    Raises:
        InputError: if it is no such folder, or has no such signature.
    """
    root = model.rstrip("/")
    try:
        files = _model_files(root)
        contents = {name: stored_files.read(f"{root}/{name}") for name in files}
        graph = saved_model_pb2.SavedModel.FromString(contents[_GRAPH])
        names, _ = read_classes(contents[_CLASSES].decode())
        signatures = graph.meta_graphs[0].signature_def
    except Exception as error:  # Broken files raise whatever they like.
        raise InputError(
            f"{model} is no SavedModel that labels photos ({error!r}): give a "
            "folder that tools/export.py wrote."
        ) from error
    signature = _signature(output_resolution, num_instances)
    if signature not in signatures:
        kinds = tuple(SIGNATURES.values())
        there = sorted(name for name in signatures if name.startswith(kinds))
        raise InputError(
            f"{model} has no signature {signature}: choose what it has one "
            f"for, {', '.join(there)}."
        )
    listed = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in contents.items()
    )
    sha256 = hashlib.sha256(listed.encode()).hexdigest()
    return CorpusSettings(root, files, sha256, names, signature, longest_side)


def _model_files(root: str) -> tuple[str, ...]:
    found = [
        path
        for part in (_GRAPH, "variables/*", "assets/*")
        for path in stored_files.find(f"{root}/{part}")
    ]
    return tuple(sorted(path[len(root) + 1 :] for path in found))


def _signature(output_resolution: int | None, num_instances: int | None) -> str:
    if output_resolution and num_instances:
        raise InputError(
            "A SavedModel has signatures for --output_resolution and for "
            "--num_instances, not for both: give one of them, or export it "
            "with the other one as its default."
        )
    if output_resolution:
        return f"{SIGNATURES['output_resolution']}_{output_resolution}"
    if num_instances:
        return f"{SIGNATURES['num_instances']}_{num_instances}"
    return "serving_default"
