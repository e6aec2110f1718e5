r"""Trains a scene parser from scratch.

Stanford Background, fold 0 held out, 79.2 % of its pixels right, in 54 minutes
on a core with AVX-512 and bfloat16:

    keras-rcnn train --experiment=stanford_rcnn2_dense

Your own folder, whose layout the README describes:

    keras-rcnn train --dataset=folder --data_dir=FOLDER \
        --model_dir=runs/own --minutes=60

It measures the photos and the speed of this machine, chooses the settings,
prints them with a reason each, and writes them to plan.json (`--auto`, the
default for a folder if none of the settings is given). Flags override single
settings. `--folds=5` trains five networks, each without a fifth of the photos,
scores each on its fifth, and gives mean and spread.

Generated scenes, no data needed, 98.6 % on two cores:

    keras-rcnn train --preset=rcnn2 --dataset=synthetic \
        --model_dir=runs/synthetic --minutes=5

The same command continues a run that was killed. `tensorboard --logdir=DIR`
shows the curves and some labeled validation photos; `--log_to=mlflow,wandb`
shows them there, with the settings and the model.
"""

from keras_rcnn.cli import flags, model_flags, runner
from keras_rcnn.cli.lazy_module import LazyModule

FLAGS = flags.Flags()
FLAGS.add_string(
    "experiment",
    None,
    "Name of an experiment of the package, which decides about most of the "
    "other flags.",
)
FLAGS.add_string(
    "preset",
    "pyramid",
    "Network: pyramid_small, pyramid or pyramid_large; or one of the paper: "
    "plain, plain_sift_flow, rcnn1 or rcnn2.",
)
FLAGS.add_string(
    "stages",
    None,
    "Hidden stages instead of those of the preset, such as 25x8p2,50x8: 25 "
    "filters of 8x8 pixels with max-pooling over 2x2, then 50 filters of 8x8.",
)
flags.add_dataset(FLAGS, required=False)
FLAGS.add_string(
    "unlabeled", None, "Folder of more photos, which --teacher labels."
)
FLAGS.add_alias("unlabelled", "unlabeled")
FLAGS.add_string(
    "teacher",
    None,
    "Model of the same classes that labels --unlabeled, or whose probabilities "
    "are a part of the targets, see --distillation.",
)
FLAGS.add_float(
    "distillation",
    0.0,
    "Weight of the probabilities of --teacher in the targets.",
    lower_bound=0,
    upper_bound=1,
)
FLAGS.add_float(
    "confidence",
    0.9,
    "Least probability of a label of --teacher that is trained on.",
)
FLAGS.add_integer(
    "times",
    1,
    "How many times each labeled photo is used for each use of a photo of "
    "--unlabeled.",
)
FLAGS.check_together(
    ["unlabeled", "teacher", "distillation"],
    lambda values: (
        bool(values["teacher"])
        == bool(values["unlabeled"] or values["distillation"])
    ),
    "give --teacher together with --unlabeled or --distillation",
)
FLAGS.add_enum(
    "split", "train", ["train", "all"], "Photos to train on; all leaves none."
)
FLAGS.add_bool(
    "auto",
    None,
    "Folder: choose longest_side, preset, crop, batch_size, class_balance, "
    "scale_range, color_jitter, flip, validation_fraction and "
    "steps_per_epoch by the photos and the speed of this machine, unless they "
    "are given. Used for a folder if none of them is given; --noauto takes "
    "fixed values.",
)
FLAGS.add_integer(
    "probe_steps",
    20,
    "Steps by which --auto measures the speed of this machine.",
)
FLAGS.add_integer(
    "folds",
    None,
    "Folder: train so many networks, each without one part of the photos of "
    "--split, into MODEL_DIR/fold_1 and so on, and score each on its part. "
    "All share --minutes; each has --steps.",
    at_least=2,
)
FLAGS.add_string(
    "recipe",
    "dense",
    "dense, which trains on crops with all their pixels, or paper, which "
    "samples patches with one labeled pixel.",
)
FLAGS.add_float(
    "class_balance",
    None,
    "How much more rare classes count in the loss: from 0, as much as they "
    "are seen, to 1, all classes alike. More of it gains class accuracy and "
    "costs pixel accuracy. The recipe decides if it is not given.",
    lower_bound=0,
    upper_bound=1,
)
FLAGS.add_string(
    "crop",
    None,
    "Pyramids: HEIGHTxWIDTH in pixels of the parts of photos to train on; "
    "192x256 if neither given nor chosen by --auto.",
)
FLAGS.add_integer("batch_size", None, "Pyramids: crops in a batch; 8 as above.")
FLAGS.add_floats(
    "scale_range",
    None,
    "Smallest and largest magnification of photos in training, such as "
    "0.75,1.33. The recipe or --auto decides if not given.",
)
FLAGS.add_float(
    "color_jitter",
    None,
    "How much the colors of photos change in training, from 0, not at all, to "
    "1. The recipe or --auto decides if not given.",
    lower_bound=0,
    upper_bound=1,
)
FLAGS.add_bool(
    "flip",
    None,
    "Mirror photos at random in training. The recipe or --auto decides if not "
    "given.",
)
FLAGS.add_string(
    "start_from",
    None,
    "Model of the same preset and classes whose weights are the initial ones.",
)
FLAGS.add_integer(
    "batch_factor",
    1,
    "Multiplies the batch sizes of the recipe; all devices share a batch.",
)
FLAGS.add_enum(
    "strategy",
    "none",
    ["none", "mirrored", "multi_worker"],
    "Devices: one; all graphics cards, or processors, of this machine; all "
    "devices of the machines that TF_CONFIG names.",
)
FLAGS.add_string(
    "model_dir", None, "Folder of the run; runs/EXPERIMENT for an experiment."
)
FLAGS.add_float("minutes", None, "How long to train; or give --steps.")
FLAGS.add_integer("steps", None, "How many steps; or give --minutes.", None)
FLAGS.add_integer("steps_per_epoch", 200, "Steps between validations.", None)
FLAGS.add_float(
    "validation_fraction",
    0.1,
    "Part of the photos held out to choose the weights by; 0 keeps the last.",
)
FLAGS.add_enum(
    "precision",
    "auto",
    model_flags.PRECISIONS,
    "Arithmetic; auto takes bfloat16 where the processor has it.",
)
FLAGS.add_string(
    "data_service",
    None,
    "Address of a dispatcher whose workers draw the training batches, see "
    "`keras-rcnn data-worker`.",
)
FLAGS.add_multi_enum(
    "log_to",
    ["mlflow", "tensorboard", "wandb"],
    "Where to follow the run; tensorboard if not given. Several are separated "
    "by commas. mlflow and wandb need the extra logging.",
)
FLAGS.add_integer("seed", 0, "Decides weights, crops and their order.", None)
flags.add_report(FLAGS)
FLAGS.check(
    "scale_range",
    lambda given: (
        given is None or (len(given) == 2 and 0 < given[0] <= given[1])
    ),
    "give the smallest and the largest magnification, such as 0.75,1.33",
)
FLAGS.check_together(
    ["dataset", "experiment"],
    lambda values: sum(value is not None for value in values.values()) == 1,
    "give either --dataset or --experiment",
)
FLAGS.check_together(
    ["model_dir", "experiment"],
    lambda values: any(values.values()),
    "give --model_dir, the folder of the run",
)

training_run = LazyModule("keras_rcnn.cli.training.run")


def main() -> None:
    """Trains and reports."""
    figures = training_run.run_training(FLAGS)
    if figures is not None:
        runner.write_report(FLAGS.report, figures)
