r"""A page to try the networks in a browser; it starts in seconds.

    python tools/demo.py --open_browser

Drop a photo on it, or take the sample, and see what is where, by which network,
how it corrects itself from instance to instance, and how long that took. Needs
the extra `demo` (`pip install -e '.[demo]'`), and no internet.

Only browsers on this machine reach it unless `--host` says otherwise: there is
no password and no encryption. What visitors upload is kept in memory, for as
long as they look at it, and nowhere else. Ends at Ctrl-C or SIGTERM.
"""

import logging
import os
import pathlib
import tempfile
import types
import webbrowser
from typing import TYPE_CHECKING

from absl import flags

from keras_rcnn.cli import float_flags, runner

if TYPE_CHECKING:
    from keras_rcnn.demo.page import Page

FLAGS = flags.FLAGS
SHIPPED = pathlib.Path(__file__).resolve().parent.parent / "saved_models"

flags.DEFINE_multi_string(
    "models",
    None,
    "Folders that hold a model.keras, or such files, to choose from; those "
    "under saved_models if not given.",
)
flags.DEFINE_string(
    "host", "127.0.0.1", "Interface to listen at, of IPv4 or IPv6."
)
flags.register_validator("host", bool, "give a name or number")
flags.DEFINE_integer(
    "port", 7860, "0: any free one.", lower_bound=0, upper_bound=65535
)
float_flags.define_float(
    "max_megapixels", 40.0, "How large a photo may be.", lower_bound=0
)
flags.DEFINE_integer(
    "max_upload_mb", 20, "How large its file may be.", lower_bound=1
)
flags.DEFINE_bool("open_browser", False, "Show the page at once.")


def main() -> None:
    """Loads the networks and serves the page."""
    from keras_rcnn.io.images import allow_megapixels
    from keras_rcnn.serving.addresses import address, listen

    allow_megapixels(FLAGS.max_megapixels)
    host = FLAGS.host.strip("[]")
    with (
        listen(host, FLAGS.port) as listener,
        tempfile.TemporaryDirectory() as uploads,
    ):
        server = import_server(uploads)
        # Each choice has a graph of its own, which TensorFlow warns of.
        logging.getLogger("tensorflow").setLevel(logging.ERROR)
        app = server.create_app(load_page())
        url = f"http://{address(host, listener.getsockname()[1])}"
        print(f"Ready: {url}", flush=True)
        if FLAGS.open_browser:
            webbrowser.open(url)
        server.serve(app, listener)


def import_server(uploads: str) -> types.ModuleType:
    """The page's server, and Gradio with it, told to ask nobody anything.

    Args:
        uploads: folder for what is being uploaded.

    Raises:
        InputError: if there is no Gradio.
    """
    from keras_rcnn.errors import InputError

    # Gradio reads them as it is imported.
    os.environ["GRADIO_TEMP_DIR"] = uploads
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    try:
        from keras_rcnn.demo import server
    except ModuleNotFoundError as error:
        if error.name != "gradio":
            raise
        raise InputError(
            "The page is made with Gradio, which is not installed: run "
            "`pip install -e '.[demo]'`."
        ) from error
    return server


def load_page() -> "Page":
    """The page, its networks loaded."""
    from keras_rcnn.demo.networks import Networks
    from keras_rcnn.demo.page import Page
    from keras_rcnn.demo.samples import sample_photos
    from keras_rcnn.demo.views import Views

    shipped = sorted(path.parent for path in SHIPPED.glob("*/model.keras"))
    # Stanford Background's classes are few, and easily told apart.
    networks = Networks.load(FLAGS.models or reversed(shipped))
    classes = [model.class_names for model in networks.models.values()]
    return Page(Views(networks), sample_photos(classes), FLAGS.max_upload_mb)


if __name__ == "__main__":
    runner.run(main)
