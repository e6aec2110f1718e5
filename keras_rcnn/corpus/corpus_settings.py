"""Settings that determine the labels of a photo."""

import dataclasses
import hashlib

from tensorflow.core.protobuf import saved_model_pb2

from keras_rcnn.corpus import stored_files
from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import CLASSES_FILE, read_classes
from keras_rcnn.runtime.graph_operations import GRAPH_FILE, check_operations
from keras_rcnn.runtime.loading import SIGNATURES

_CLASSES = f"assets/{CLASSES_FILE}"


@dataclasses.dataclass(frozen=True)
class CorpusSettings:
    """A SavedModel and how it labels photos.

    Args:
        model: folder of the SavedModel, on any filesystem of Beam.
        model_files: the files of the SavedModel, as paths below the folder.
        model_sha256: hash of these files, see `choose_model`.
        class_names: one name for each label.
        signature: signature of the model that labels photos.
        longest_side: larger photos are scaled down to this many pixels; None
            leaves them.
        trust_model: whether the model may reach files, programs and other
            machines.
    """

    model: str
    model_files: tuple[str, ...]
    model_sha256: str
    class_names: tuple[str, ...]
    signature: str
    longest_side: int | None
    trust_model: bool = False

    def name(self, photo_sha256: str) -> str:
        """Returns the name of the labels of a photo: 64 hexadecimal digits.

        It depends on the content of the photo and the model and on the
        settings, not on paths.
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
    trust_model: bool = False,
) -> CorpusSettings:
    """Reads the settings of a SavedModel without loading it.

    Its SHA-256 is the hash of the list that `sha256sum` prints of its files.
    In a shell: `find saved_model.pb variables assets -type f | LC_ALL=C
    sort | xargs sha256sum | sha256sum`.

    Args:
        model: folder that `export_saved_model` wrote.
        longest_side: larger photos are scaled down to this many pixels.
        output_resolution: a resolution that the model has a signature for.
        num_instances: a number of instances that the model has a signature
            for; not together with `output_resolution`.
        trust_model: whether the model may reach files, programs and other
            machines.

    Raises:
        InputError: if the folder holds no such model, the model has no such
            signature, or it is not trusted.
    """
    root = model.rstrip("/")
    try:
        files = _model_files(root)
        contents = {name: stored_files.read(f"{root}/{name}") for name in files}
        graph = saved_model_pb2.SavedModel.FromString(contents[GRAPH_FILE])
        names, _ = read_classes(contents[_CLASSES].decode())
        signatures = graph.meta_graphs[0].signature_def
    except Exception as error:  # Broken files raise errors of any class.
        raise InputError(
            f"{model} is not a SavedModel that labels photos ({error!r}): give "
            "a folder that `keras-rcnn export` wrote."
        ) from error
    if not trust_model:
        check_operations(model, graph)
    signature = _signature(output_resolution, num_instances)
    if signature not in signatures:
        kinds = tuple(SIGNATURES.values())
        there = sorted(name for name in signatures if name.startswith(kinds))
        raise InputError(
            f"{model} has no signature {signature}: choose one of "
            f"{', '.join(there)}."
        )
    listed = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in contents.items()
    )
    sha256 = hashlib.sha256(listed.encode()).hexdigest()
    return CorpusSettings(
        root, files, sha256, names, signature, longest_side, trust_model
    )


def _model_files(root: str) -> tuple[str, ...]:
    found = [
        path
        for part in (GRAPH_FILE, "variables/*", "assets/*")
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
