"""The controls by which a visitor chooses."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import gradio as gr

from keras_rcnn.demo.networks import Networks
from keras_rcnn.demo.photo import Settings

SIDES = (160, 240, 320, 480, 640)
# The size of the training photos.
DEFAULT_SIDE = 320
COLORS = ("the network's", "color-blind-safe")
_INSTANCES = (
    "How often the network is applied; each time it sees more of the photo."
)
_RESOLUTION = (
    "1/8 computes a label for each 8 x 8 pixels and interpolates: faster, "
    "with coarser outlines."
)
_SIDE = (
    "Larger photos are scaled down to this many pixels on the longer side. "
    "The networks were trained at 320."
)
_SET_OPACITY = "(percent) => window.scenes.setOpacity(percent / 100)"


class Controls(NamedTuple):
    """The controls of the page, in the order of the arguments of `read`.

    Args:
        model: name of a network.
        num_instances: how often the network is applied.
        output_resolution: pixels from one computed label to the next.
        longest_side: size to scale larger photos down to, in pixels.
        colors: one of `COLORS`.
    """

    model: gr.Radio
    num_instances: gr.Radio
    output_resolution: gr.Radio
    longest_side: gr.Radio
    colors: gr.Radio

    @classmethod
    def lay_out(cls, networks: Networks) -> "Controls":
        """Adds the controls, and the opacity, to the page."""
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
        # The browser redraws without asking the server.
        opacity.change(None, opacity, js=_SET_OPACITY)
        return controls


def read(choices: Sequence[Any]) -> tuple[Settings, bool]:
    """The settings, and whether to use color-blind-safe colors."""
    model, num_instances, output_resolution, longest_side, colors = choices
    settings = Settings(model, longest_side, output_resolution, num_instances)
    return settings, colors == COLORS[1]


def finest(networks: Networks, name: str) -> Settings:
    """The settings at the start."""
    return Settings(name, DEFAULT_SIDE, 1, networks.instances(name)[-1])


def possible(
    networks: Networks, settings: Settings
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Choices and values of the instances and resolutions of a network.

    Args:
        networks: all networks.
        settings: the settings to keep if the network supports them.
    """
    instances = networks.instances(settings.model)
    resolutions = networks.resolutions(settings.model)
    fitted = networks.fit(settings)
    # `fit` also limits the resolution by the number of instances.
    chosen = max(
        (step for step in resolutions if step <= settings.output_resolution),
        default=min(resolutions),
    )
    return (
        {"choices": instances, "value": fitted.num_instances},
        {
            "choices": [(f"1/{step}", step) for step in resolutions],
            "value": chosen,
        },
    )
