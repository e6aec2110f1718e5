"""The choices that a visitor has."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import gradio as gr

from keras_rcnn.demo.networks import Networks
from keras_rcnn.demo.photo import Settings

SIDES = (160, 240, 320, 480, 640)
# The networks learned from photos of this size.
DEFAULT_SIDE = 320
COLORS = ("the network's", "color-blind-safe")
_INSTANCES = (
    "How often the network looks; each time it sees more of what is around."
)
_RESOLUTION = (
    "1/8 computes a label for each 8 x 8 pixels and interpolates: faster, "
    "with coarser outlines."
)
_SIDE = (
    "Pixels of the longer side that a larger photo is scaled down to. The "
    "networks know things at the size they have at 320."
)
_SET_OPACITY = "(percent) => window.scenes.setOpacity(percent / 100)"


@dataclasses.dataclass(frozen=True)
class Controls:
    """Where the choices are made.

    Args:
        model: name of a network.
        num_instances: how often to apply it.
        output_resolution: pixels from one computed label to the next.
        longest_side: to scale larger photos down to.
        colors: one of `COLORS`.
    """

    model: gr.Radio
    num_instances: gr.Radio
    output_resolution: gr.Radio
    longest_side: gr.Radio
    colors: gr.Radio

    @classmethod
    def lay_out(cls, networks: Networks) -> "Controls":
        """Adds them, and the opacity, to the page."""
        first = next(iter(networks.models))
        instances, resolutions = possible(networks, finest(networks, first))
        controls = cls(
            gr.Radio(list(networks.models), value=first, label="Network"),
            gr.Radio(**instances, label="Instances", info=_INSTANCES),
            gr.Radio(**resolutions, label="Labels computed", info=_RESOLUTION),
            gr.Radio(list(SIDES), value=DEFAULT_SIDE, label="Size", info=_SIDE),
            gr.Radio(list(COLORS), value=COLORS[0], label="Colors"),
        )
        opacity = gr.Slider(0, 100, 50, step=1, label="Opacity, %")
        # The page itself draws anew, without network or server.
        opacity.change(None, opacity, js=_SET_OPACITY)
        return controls

    @property
    def all(self) -> list[gr.Radio]:
        """In the order in which `read` takes what they say."""
        return [
            self.model,
            self.num_instances,
            self.output_resolution,
            self.longest_side,
            self.colors,
        ]


def read(choices: Sequence[Any]) -> tuple[Settings, bool]:
    """What was chosen, and whether it is colors for the color-blind."""
    model, num_instances, output_resolution, longest_side, colors = choices
    settings = Settings(model, longest_side, output_resolution, num_instances)
    return settings, colors == COLORS[1]


def finest(networks: Networks, name: str) -> Settings:
    """What a visitor finds chosen."""
    return Settings(name, DEFAULT_SIDE, 1, networks.instances(name)[-1])


def possible(
    networks: Networks, settings: Settings
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Instances and resolutions that a network can do, and those chosen.

    Args:
        networks: that there are.
        settings: to keep as far as can be.
    """
    instances = networks.instances(settings.model)
    resolutions = networks.resolutions(settings.model)
    fitted = networks.fit(settings)
    # With fewer instances than all the network computes more labels anyway.
    chosen = max(
        step for step in resolutions if step <= settings.output_resolution
    )
    return (
        {"choices": instances, "value": fitted.num_instances},
        {
            "choices": [(f"1/{step}", step) for step in resolutions],
            "value": chosen,
        },
    )
