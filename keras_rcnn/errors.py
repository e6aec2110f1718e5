"""The one exception that a user can mend."""


class InputError(ValueError):
    """Something that the user gave (a file, folder or flag) cannot be used.

    The message is one line that names it and says how to mend it. The programs
    in `tools/` print that line alone and exit with status 1.
    """
