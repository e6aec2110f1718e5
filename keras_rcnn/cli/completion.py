"""Prints a script by which a shell completes commands, flags and values.

Add one of these lines to ~/.bashrc or ~/.zshrc:

    eval "$(keras-rcnn completion bash)"
    eval "$(keras-rcnn completion zsh)"
"""

import shlex
from collections.abc import Iterator

from absl import flags as absl_flags

from keras_rcnn.cli import flags
from keras_rcnn.cli.help_text import choices, short_text
from keras_rcnn.cli.main import COMMANDS, load_command
from keras_rcnn.errors import InputError

TAKES_ARGUMENTS = True
NEEDS_TENSORFLOW = False
FLAGS = flags.Flags()

_BASH = """\
_keras_rcnn() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} words= flag=
  # Bash takes --flag=value for three words.
  if [[ $current == = ]]; then
    flag=${{COMP_WORDS[COMP_CWORD-1]}} current=
  elif [[ ${{COMP_WORDS[COMP_CWORD-1]}} == = ]]; then
    flag=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  if ((COMP_CWORD == 1)); then
    words={commands}
  elif [[ $flag ]]; then
    case "${{COMP_WORDS[1]}} $flag" in
{values}
    esac
  elif [[ $current == -* ]]; then
    case ${{COMP_WORDS[1]}} in
{flags}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ ${{COMPREPLY[0]}} == *= ]]; then
    compopt -o nospace 2> /dev/null
  fi
}}
complete -o default -F _keras_rcnn keras-rcnn
"""
_ZSH = """\
#compdef keras-rcnn
_keras_rcnn() {{
  local -a commands=(
{commands}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
{flags}
  esac
}}
compdef _keras_rcnn keras-rcnn
"""


def main(arguments: list[str]) -> None:
    """Prints the script for the shell that is named."""
    scripts = {"bash": bash_script, "zsh": zsh_script}
    if len(arguments) != 1 or arguments[0] not in scripts:
        raise InputError(
            "Name the shell: keras-rcnn completion bash, or keras-rcnn "
            "completion zsh."
        )
    print(scripts[arguments[0]](), end="")


def bash_script() -> str:
    """The script for bash."""
    flags_of, values = [], []
    for command in COMMANDS:
        words = []
        for flag in command_flags(command):
            words += names(flag)
            if listed := choices(flag):
                case = shlex.quote(f"{command} --{flag.name}")
                text = shlex.quote(" ".join(listed))
                values.append(f"      {case}) words={text} ;;")
        text = shlex.quote(" ".join(words))
        flags_of.append(f"      {command}) words={text} ;;")
    return _BASH.format(
        commands=shlex.quote(" ".join(COMMANDS)),
        flags="\n".join(flags_of),
        values="\n".join(values),
    )


def zsh_script() -> str:
    """The script for zsh."""
    return _ZSH.format(
        commands="\n".join(
            f"    {shlex.quote(f'{name}:{text}')}"
            for name, text in COMMANDS.items()
        ),
        flags="\n".join(
            f"    {command}) _arguments "
            + " ".join(map(shlex.quote, zsh_arguments(command)))
            + " '*:file:_files' ;;"
            for command in COMMANDS
        ),
    )


def zsh_arguments(command: str) -> Iterator[str]:
    """The flags of a command as zsh's `_arguments` takes them."""
    for flag in command_flags(command):
        text = short_text(flag)
        for character in r"\[]:":
            text = text.replace(character, f"\\{character}")
        listed = choices(flag)
        value = f"({' '.join(listed)})" if listed else "_files"
        repeated = "*" if isinstance(flag, absl_flags.MultiFlag) else ""
        for name in names(flag):
            # A flag without a value does not end with `=`.
            more = f":value:{value}" if name.endswith("=") else ""
            yield f"{repeated}{name}[{text}]{more}"


def command_flags(command: str) -> Iterator[absl_flags.Flag]:
    """The flags of a command."""
    values = load_command(command).FLAGS
    return (values[name] for name in values)


def names(flag: absl_flags.Flag) -> list[str]:
    """The flag as it stands on the command line, before any value."""
    if flag.boolean:
        return [f"--{flag.name}", f"--no{flag.name}"]
    return [f"--{flag.name}="]
