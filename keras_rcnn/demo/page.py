"""The layout of the page, and the actions of its controls."""

import functools
import pathlib
import weakref
from typing import Any

import gradio as gr

from keras_rcnn.demo import controls
from keras_rcnn.demo.controls import Controls
from keras_rcnn.demo.photo import Photo
from keras_rcnn.demo.views import Views
from keras_rcnn.errors import InputError

HERE = pathlib.Path(__file__).parent
MAX_SESSIONS = 50
MAX_WAITING = 20
# Seconds between two cleanups of unopened uploads, and their minimum age.
_CLEANING = (60, 120)
_INTRODUCTION = """\
# What is where in a photo?

A small network labels every pixel of an outdoor photo: sky, road, building ...
Then it is applied again, to the photo and to its own labels, and corrects them.
"""
Answer = tuple[Any, ...]


class Page:
    """The page that labels photos.

    Args:
        views: views of the photos.
        samples: sample photos, by content.
        max_megabytes: maximum size of an upload, to show.
    """

    def __init__(
        self, views: Views, samples: dict[str, Photo], max_megabytes: int
    ) -> None:
        self.views = views
        self.samples = samples
        self.max_megabytes = max_megabytes
        # A photo is freed with the session that holds it.
        self.photos: weakref.WeakValueDictionary[str, Photo] = (
            weakref.WeakValueDictionary()
        )
        for photo in samples.values():
            self.photos[photo.token] = photo

    def blocks(self) -> gr.Blocks:
        """The layout with all actions."""
        with gr.Blocks(
            title="Scene parsing",
            analytics_enabled=False,
            delete_cache=_CLEANING,
        ) as blocks:
            self._lay_out()
            self._tie(blocks)
        blocks.queue(max_size=MAX_WAITING)
        blocks.state_session_capacity = MAX_SESSIONS
        return blocks

    def _lay_out(self) -> None:
        self.photo = gr.State(None)
        with gr.Row():
            with gr.Column(scale=3, min_width=320):
                gr.Markdown(_INTRODUCTION, elem_id="introduction")
            with gr.Column(scale=1, min_width=300, elem_id="photos"):
                self.file = gr.File(
                    label=f"Your photo, at most {self.max_megabytes} MB",
                    file_types=["image"],
                    height=128,
                    elem_id="upload",
                )
                self.buttons = [
                    gr.Button(f"Sample: {name}", size="md")
                    for name in self.samples
                ]
        with gr.Row():
            with gr.Column(scale=3, min_width=320):
                self.message = _scripted("message")
                self.picture = _scripted("picture")
            with gr.Column(scale=1, min_width=300, elem_id="controls"):
                self.controls = Controls.lay_out(self.views.networks)
        self.strip = _scripted("strip")

    def _tie(self, blocks: gr.Blocks) -> None:
        """Connects events and actions; the strip follows the picture."""
        choices = list(self.controls)
        shown = [self.picture, self.message]
        opened = [
            self._on(
                self.file.upload,
                self.open_file,
                [self.file, *choices],
                [self.photo, self.file, *shown],
            )
        ]
        names = list(self.samples)
        # The page starts with the first sample, if there is one.
        begins = [blocks.load, *(button.click for button in self.buttons)]
        for event, name in zip(begins, [*names[:1], *names], strict=False):
            open_it = functools.partial(self.open_sample, name)
            outputs = [self.photo, *shown]
            opened.append(self._on(event, open_it, choices, outputs))
        fitted = self.controls.model.input(
            self.fit_controls,
            choices,
            [self.controls.num_instances, self.controls.output_resolution],
            api_visibility="private",
        )
        changed = [
            self._on(event, self.draw, [self.photo, *choices], shown)
            for event in (fitted.then, *(each.input for each in choices[1:]))
        ]
        for drawn in (*opened, *changed):
            self._on(
                drawn.then,
                self.draw_strip,
                [self.photo, *choices],
                [self.strip],
            )

    def _on(self, event: Any, answer: Any, inputs: Any, outputs: Any) -> Any:
        """Connects an action; all of them wait in one queue."""
        return event(
            answer,
            inputs,
            outputs,
            concurrency_id="network",
            concurrency_limit=1,
            # Of several quick choices, the last one counts.
            trigger_mode="always_last",
            show_progress="minimal",
            show_progress_on=[self.picture],
            api_visibility="private",
        )

    def open_file(self, path: str, *choices: Any) -> Answer:
        """Returns photo, cleared upload, picture and message."""
        file = pathlib.Path(path)
        try:
            content = file.read_bytes()
        finally:
            # From here on, the upload is only in memory.
            file.unlink(missing_ok=True)
        try:
            photo = Photo(file.name, content)
        except InputError as error:
            return gr.skip(), None, gr.skip(), str(error)
        self.photos[photo.token] = photo
        return photo, None, *self.draw(photo, *choices)

    def open_sample(self, name: str, *choices: Any) -> Answer:
        """Returns photo, picture and message."""
        photo = self.samples[name]
        return photo, *self.draw(photo, *choices)

    def draw(self, photo: Photo | None, *choices: Any) -> Answer:
        """Returns picture and message."""
        if photo is None:
            return (
                gr.skip(),
                "There is no photo, or it is no longer in memory: choose one.",
            )
        try:
            return self.views.picture(photo, *controls.read(choices)), ""
        except InputError as error:
            return gr.skip(), str(error)

    def draw_strip(self, photo: Photo | None, *choices: Any) -> Any:
        """Returns the strip of the instances."""
        if photo is None:
            return gr.skip()
        try:
            return self.views.strip(photo, *controls.read(choices))
        except InputError:
            # The message of the picture says it already.
            return gr.skip()

    def fit_controls(self, *choices: Any) -> Answer:
        """Returns the choices of the network for instances and resolution."""
        settings, _ = controls.read(choices)
        updates = controls.possible(self.views.networks, settings)
        return tuple(gr.update(**update) for update in updates)


def _scripted(name: str) -> gr.HTML:
    """A part of the page that `page.js` fills."""
    return gr.HTML(
        # Constant templates only: values in them would be run as code.
        html_template=(HERE / f"{name}.html").read_text(),
        js_on_load=f"window.scenes.{name}(element, props, watch)",
        apply_default_css=False,
        elem_id=name,
    )
