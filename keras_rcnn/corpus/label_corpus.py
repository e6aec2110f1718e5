"""The whole pipeline, from files of photos to labels and tables."""

import dataclasses
from typing import Any

import apache_beam as beam
from apache_beam.io import fileio
from apache_beam.io.filesystems import FileSystems
from apache_beam.ml.inference.base import KeyedModelHandler, RunInference
from apache_beam.pvalue import AsIter, PBegin, PCollection

from keras_rcnn.corpus.corpus_settings import CorpusSettings
from keras_rcnn.corpus.counters import count
from keras_rcnn.corpus.dead_letters import DEAD_LETTER_SCHEMA, DEAD_LETTERS
from keras_rcnn.corpus.encode_labels import EncodeLabels
from keras_rcnn.corpus.equal_size_batches import EqualSizeBatches
from keras_rcnn.corpus.label_stats import row_schema
from keras_rcnn.corpus.missing_labels import STORED, MissingLabels
from keras_rcnn.corpus.name_photos import NamePhotos
from keras_rcnn.corpus.png_labels import ReadPngLabels, WritePngLabels
from keras_rcnn.corpus.read_photos import ReadPhotos
from keras_rcnn.corpus.saved_model_handler import SavedModelHandler
from keras_rcnn.corpus.tfrecord_labels import (
    ReadTFRecordLabels,
    WriteTFRecordLabels,
)
from keras_rcnn.corpus.write_table import WriteTable

LABELS_FOLDER = "labels"
TABLE, FAILURES_TABLE = "photos.parquet", "dead_letters.parquet"
_FORMATS = {
    "png": (ReadPngLabels, WritePngLabels),
    "tfrecord": (ReadTFRecordLabels, WriteTFRecordLabels),
}
_MAIN = "main"


@dataclasses.dataclass
class LabelCorpus(beam.PTransform):
    """Labels all photos that match patterns and have no labels yet.

    Photos are grouped by content and settings. Photos without labels are
    distributed over the workers.

    Args:
        settings: model and settings.
        output_dir: folder on any filesystem of Beam, for `labels`,
            `photos.parquet` and `dead_letters.parquet`.
        images: patterns of photo files.
        tfrecords: patterns of TFRecord files, see `photo_of_record`.
        output_format: `png` or `tfrecord`.
        max_megapixels: size of the largest photo; by default Pillow's limit.
        threads: threads of TensorFlow in each process; by default
            TensorFlow's own number.
    """

    settings: CorpusSettings
    output_dir: str
    images: tuple[str, ...] = ()
    tfrecords: tuple[str, ...] = ()
    output_format: str = "png"
    max_megapixels: float | None = None
    threads: int | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def expand(self, begin: PBegin) -> None:
        """Adds all steps to a pipeline."""
        pipeline = begin.pipeline
        folder = FileSystems.join(self.output_dir, LABELS_FOLDER)
        read_stored, write = _FORMATS[self.output_format]
        photos, unnamed = self._name(pipeline)
        stored = _files(
            pipeline,
            "StoredLabels",
            (FileSystems.join(folder, f"*.{self.output_format}"),),
        ) | "ReadStoredLabels" >> beam.ParDo(read_stored())
        found = (
            {"photos": photos, "stored": stored}
            | beam.CoGroupByKey()
            | beam.ParDo(MissingLabels()).with_outputs(STORED, main=_MAIN)
        )
        read = (
            found[_MAIN]
            # Distributes the missing photos over all workers.
            | "SpreadMissing" >> beam.Reshuffle()
            | beam.ParDo(
                ReadPhotos(self.settings, self.max_megapixels)
            ).with_outputs(DEAD_LETTERS, main=_MAIN)
        )
        encoded = self._label(read[_MAIN])
        written = encoded[_MAIN] | beam.ParDo(write(folder))
        rows = (
            (written, found[STORED])
            | "Labeled" >> beam.Flatten()
            | beam.FlatMap(_rows, self.settings)
        )
        failures = (
            (*unnamed, read[DEAD_LETTERS], encoded[DEAD_LETTERS])
            | "Failures" >> beam.Flatten()
            | beam.Map(lambda letter: letter._asdict())
        )
        self._write_table(
            pipeline, TABLE, rows, row_schema(self.settings.class_names)
        )
        self._write_table(
            pipeline, FAILURES_TABLE, failures, DEAD_LETTER_SCHEMA
        )

    def _name(self, pipeline: Any) -> tuple[PCollection, list[PCollection]]:
        named = [
            _files(pipeline, kind, patterns)
            | f"Name{kind}"
            >> beam.ParDo(NamePhotos(self.settings, are_records)).with_outputs(
                DEAD_LETTERS, main=_MAIN
            )
            for kind, patterns, are_records in (
                ("Images", self.images, False),
                ("TFRecords", self.tfrecords, True),
            )
            if patterns
        ]
        photos = [each[_MAIN] for each in named] | "Photos" >> beam.Flatten()
        return photos, [each[DEAD_LETTERS] for each in named]

    def _label(self, photos: PCollection) -> Any:
        handler: Any = KeyedModelHandler(
            SavedModelHandler(self.settings, self.threads)
        )
        return (
            photos
            | beam.ParDo(EqualSizeBatches())
            | RunInference(handler.with_no_batching())
            | beam.ParDo(
                EncodeLabels(len(self.settings.class_names))
            ).with_outputs(DEAD_LETTERS, main=_MAIN)
        )

    def _write_table(
        self, pipeline: Any, name: str, rows: PCollection, schema: Any
    ) -> None:
        file = FileSystems.join(self.output_dir, name)
        _ = (
            pipeline
            | f"Name {name}" >> beam.Create([file])
            | f"Write {name}" >> beam.ParDo(WriteTable(schema), AsIter(rows))
        )


def _files(pipeline: Any, kind: str, patterns: tuple[str, ...]) -> PCollection:
    """Adds steps that match patterns and distribute the files."""
    return (
        pipeline
        | f"{kind}Patterns" >> beam.Create(patterns)
        | f"Match{kind}" >> fileio.MatchAll(fileio.EmptyMatchTreatment.ALLOW)
        | f"Spread{kind}" >> beam.Reshuffle()
    )


def _rows(labeled: Any, settings: CorpusSettings) -> Any:
    name, paths, stats = labeled
    for path in paths:
        count("photos")
        yield stats.row(path, name, settings)
