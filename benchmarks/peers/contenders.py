"""The networks that are compared, and how each is trained."""

import dataclasses
from typing import Any

from benchmarks.peers.peer import Peer
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.layers.precision import choose_precision
from keras_rcnn.models import from_preset
from keras_rcnn.models.presets import PRESETS
from keras_rcnn.training import Recipe, get_recipe

# The differences are those to it.
REFERENCE = "pyramid"


@dataclasses.dataclass(frozen=True)
class Contender:
    """A network and how it is trained.

    Args:
        network: name of a preset, or as for `Peer`.
        recipe: how to train it.
    """

    network: str
    recipe: Recipe

    def build(self, photos: SceneDataset) -> Any:
        """The network with fresh weights."""
        dtype = choose_precision()
        if self.network not in PRESETS:
            return Peer(self.network, photos.num_classes, dtype=dtype)
        return from_preset(
            self.network,
            photos.num_classes,
            photos.class_names,
            photos.palette,
            **self.recipe.network_options,
            dtype=dtype,
        )


def _own(network: str) -> Contender:
    return Contender(network, get_recipe("dense", network))


def _peer(network: str, optimizer: str, learning_rate: float) -> Contender:
    """A network of others with the crops of the pyramid."""
    recipe = get_recipe("dense", REFERENCE)
    phase = dataclasses.replace(
        recipe.phases[0],
        num_instances=1,
        # A score for each pixel, not for each block of 4 x 4.
        grid_size=(192, 256),
        loss_weights=(1.0,),
        learning_rate=learning_rate,
    )
    decay = {"adamw": 0.01}.get(optimizer, 0.0)
    return Contender(
        network,
        dataclasses.replace(
            recipe, phases=(phase,), optimizer=optimizer, weight_decay=decay
        ),
    )


# In the order of training. AdamW has its customary rates for fresh weights.
CONTENDERS = {
    "pyramid": _own("pyramid"),
    "unet16": _peer("unet16", "muon", 3e-3),
    "unet8": _peer("unet8", "muon", 3e-3),
    "rcnn2": _own("rcnn2"),
    "unet32": _peer("unet32", "muon", 3e-3),
    "segformer": _peer("segformer", "muon", 3e-3),
    "deeplab": _peer("deeplab", "muon", 3e-3),
    "unet16_adamw": _peer("unet16", "adamw", 1e-3),
    "unet8_adamw": _peer("unet8", "adamw", 1e-3),
    "segformer_adamw": _peer("segformer", "adamw", 6e-4),
    "deeplab_adamw": _peer("deeplab", "adamw", 1e-3),
    "unet32_adamw": _peer("unet32", "adamw", 1e-3),
}
