"""Adds the shipped networks to the package; the rest is in pyproject.toml."""

import pathlib

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithNetworks(build_py):
    """Copies `saved_models/NAME/model.keras` into the package.

    They stay outside of `keras_rcnn` in the repository, beside the other
    formats of each network, which are not part of the wheel. An editable
    install reads them there.
    """

    def run(self) -> None:
        """Copies the modules and then the networks."""
        super().run()
        if self.editable_mode:
            return
        root = pathlib.Path(__file__).parent
        for name in ("model.keras", "README.md"):
            for file in sorted(root.glob(f"saved_models/*/{name}")):
                target = pathlib.Path(self.build_lib, "keras_rcnn")
                target /= file.relative_to(root)
                self.mkpath(str(target.parent))
                self.copy_file(str(file), str(target))


setup(cmdclass={"build_py": BuildWithNetworks})
