"""What `--help` prints of the flags of a command."""

import textwrap

from absl import flags


def describe_flags(values: flags.FlagValues) -> str:
    """Each flag with its values, its default and its text."""
    entries = []
    for name in values:
        text = textwrap.fill(short_text(values[name]), 74)
        entries.append(f"  {_usage(values[name])}")
        entries.append(textwrap.indent(text, "      "))
    return "\n".join(["Flags:", *entries]) if entries else "No flags."


def choices(flag: flags.Flag) -> list[str]:
    """The values that a flag takes, if they can be listed."""
    return list(getattr(flag.parser, "enum_values", ()))


def _usage(flag: flags.Flag) -> str:
    if flag.boolean:
        default = flag.name if flag.default else f"no{flag.name}"
        return f"--[no]{flag.name} (default: --{default})"
    values = "|".join(choices(flag)) or flag.flag_type().split()[-1].upper()
    usage = f"--{flag.name}={values}"
    if any("other than None" in each.message for each in flag.validators):
        return f"{usage} (required)"
    if flag.default in (None, []):
        return usage
    return f"{usage} (default: {str(flag.default).strip('[]')})"


def short_text(flag: flags.Flag) -> str:
    """The text of a flag as it was defined, without additions of absl."""
    # These are the choices before the text, and a note on repeated flags.
    text = flag.help.removeprefix(f"<{'|'.join(choices(flag))}>: ")
    return text.partition(";\n    repeat this option")[0]
