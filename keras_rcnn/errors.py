"""The errors that a user can fix."""

# The name on the package index; the import name is `keras_rcnn`.
DISTRIBUTION = "keras-scene-parsing"


class InputError(ValueError):
    """Something that the user gave (a file, folder or flag) cannot be used.

    The message is one line that names it and says how to fix it. The commands
    print that line alone and exit with status 1.
    """


def missing_extra(what: str, extra: str) -> InputError:
    """Returns the error for an optional dependency that is not installed.

    Args:
      what: What cannot run without it, as the subject of a sentence.
      extra: The extra of the distribution that installs it.
    """
    return InputError(
        f"{what} needs the extra {extra}:"
        f" run `pip install '{DISTRIBUTION}[{extra}]'`."
    )
