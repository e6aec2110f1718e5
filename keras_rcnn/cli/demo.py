r"""Opens a page to try the networks in a browser; it starts in seconds.

    keras-rcnn demo --open_browser

    keras-rcnn demo --teach=FOLDER --images=PHOTOS --open_browser

opens a page to paint on photos, from which a network learns while one watches.
The strokes and the network are files in FOLDER, in the layout of
`--dataset=folder`.

On the first page, drop a photo, or take the sample, and see the class of each
pixel by each network, how a network corrects itself from instance to instance,
and how long that took. Needs the extra `demo`, and no internet.

Only browsers on this machine reach it unless `--host` says otherwise: there is
no password and no encryption. Photos that visitors upload are kept in memory
while the visitors look at them, and nowhere else. Ends at Ctrl-C or SIGTERM.
"""

import importlib.util
import logging
import os
import tempfile
import webbrowser
from collections.abc import Collection
from typing import Any

from keras_rcnn.cli import flags
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import missing_extra
from keras_rcnn.io.files import make_folder
from keras_rcnn.io.pictures import allow_megapixels

FLAGS = flags.Flags()
FLAGS.add_strings(
    "models",
    None,
    "Networks to choose from: names, folders that hold a model.keras, or "
    ".keras files; all that come with the package if not given.",
)
FLAGS.add_string(
    "teach",
    None,
    "Folder of photos to paint on, and of the network that learns from it.",
)
FLAGS.add_strings(
    "images",
    None,
    "For --teach: photos to copy into that folder, as files, patterns such as "
    "'photos/*.jpg', folders or lists, separated by commas or with the flag "
    "repeated.",
)
FLAGS.add_string(
    "model",
    None,
    "For --teach: network to begin with, a name, folder or file; a fresh one "
    "if not given.",
)
FLAGS.check_together(
    ["teach", "images", "model", "models"],
    lambda values: (
        not values["models"]
        if values["teach"]
        else not (values["images"] or values["model"])
    ),
    "give --images and --model with --teach only, and --models without it",
)
flags.add_server(FLAGS, 7860, "0: any free one.")
FLAGS.add_strings(
    "allowed_hosts",
    [],
    "Name by which browsers reach the page through a proxy, besides localhost; "
    "may be repeated. Only for a --host of this machine alone, which refuses "
    "other names.",
)
FLAGS.add_float(
    "max_megapixels", 40.0, "How large a photo may be.", lower_bound=0
)
FLAGS.add_integer("max_upload_mb", 20, "How large its file may be.")
FLAGS.add_bool("open_browser", False, "Show the page at once.")

addresses = LazyModule("keras_rcnn.io.addresses")
initial_weights = LazyModule("keras_rcnn.teaching.initial_weights")
networks = LazyModule("keras_rcnn.demo.networks")
page = LazyModule("keras_rcnn.demo.page")
samples = LazyModule("keras_rcnn.demo.samples")
project = LazyModule("keras_rcnn.teaching.project")
rounds = LazyModule("keras_rcnn.teaching.rounds")
server = LazyModule("keras_rcnn.demo.server")
teach_server = LazyModule("keras_rcnn.demo.teach_server")
teach_views = LazyModule("keras_rcnn.demo.teach_views")
views = LazyModule("keras_rcnn.demo.views")
web = LazyModule("keras_rcnn.demo.web")
zoo = LazyModule("keras_rcnn.models.zoo")


def main() -> None:
    """Loads the networks and serves the page."""
    if importlib.util.find_spec("gradio") is None:
        raise missing_extra("The page", "demo")
    allow_megapixels(FLAGS.max_megapixels)
    host = FLAGS.host.strip("[]")
    with (
        addresses.listen(host, FLAGS.port) as listener,
        tempfile.TemporaryDirectory() as uploads,
    ):
        # Gradio reads them when it is imported.
        os.environ["GRADIO_TEMP_DIR"] = uploads
        os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
        # Each choice has a graph of its own, which TensorFlow warns of.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
        local = addresses.LOCAL_HOSTS
        is_local = addresses.is_loopback(host)
        hosts = {*local, *FLAGS.allowed_hosts} if is_local else None
        app = (
            teach_app(hosts)
            if FLAGS.teach
            else server.create_app(load_page(), hosts)
        )
        url = addresses.address(host, listener.getsockname()[1])
        print(f"Ready: http://{url}", flush=True)
        if FLAGS.open_browser:
            webbrowser.open(f"http://{url}")
        web.serve(app, listener)


def load_page() -> Any:
    """The page, its networks loaded."""
    # Pyramids come first, and networks of few classes, which are easily told
    # apart.
    shipped = sorted(
        reversed(zoo.shipped_networks()),
        key=lambda name: not name.startswith("pyramid"),
    )
    chosen = networks.Networks.load(FLAGS.models or shipped)
    classes = [model.class_names for model in chosen.models.values()]
    return page.Page(
        views.Views(chosen), samples.sample_photos(classes), FLAGS.max_upload_mb
    )


def teach_app(hosts: Collection[str] | None) -> Any:
    """The page of painting, with the photos of --images copied."""
    # Photos and a model that cannot be used are named before a file is written.
    photos = flags.find_photos(FLAGS, [], "paint on") if FLAGS.images else []
    if FLAGS.model:
        initial_weights.trained_before(FLAGS.model)
    if photos:
        make_folder(FLAGS.teach)
    taught = project.Project(FLAGS.teach)
    taught.copy_photos(photos)
    return teach_server.create_teach_app(
        teach_views.TeachViews(taught, rounds.Rounds(taught, FLAGS.model)),
        FLAGS.max_upload_mb,
        hosts,
    )
