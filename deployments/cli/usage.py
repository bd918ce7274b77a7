"""Lists of commands, messages for a command line that cannot be parsed, and options of `qrt`."""

from difflib import get_close_matches
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from deployments.cli.terminal import say

HELP: Final = {"help_option_names": ["--help", "-h"]}


class Listing(TyperGroup):
    """A group whose help says of each command all that its first paragraph says."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a command and what it does, on as many lines as that takes."""
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [
            (name, " ".join((command.help or "").partition("\n\n")[0].split()))
            for name, command in found
            if command is not None and not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def whole_help(error: TyperException) -> str | None:
    """Return the help of a group that was called without a command; None where that is not so."""
    asked_alone = type(error).__name__ == "NoArgsIsHelpError"
    return str(error) if asked_alone else None


def complaint(error: TyperException) -> str:
    """Return what is wrong in a sentence, and whose help says what is right."""
    context: Any = getattr(error, "ctx", None)
    path = context.command_path if context else "qrt"
    return f"{_ended(_said(error))} `{path} --help` lists what there is."


def _said(error: TyperException) -> str:
    known = getattr(error, "possibilities", None)
    if not known:
        return str(getattr(error, "format_message", error.__str__)())
    name = getattr(error, "option_name", "")
    nearest = get_close_matches(name, known, n=1, cutoff=0.0)
    return f"{error}. Did you mean {nearest[0]}?"


def _ended(text: str) -> str:
    bare = text.strip().rstrip(".")
    return bare if bare.endswith(("?", "!")) else f"{bare}."


def about(
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version and end.", is_eager=True)
    ] = False,
) -> None:
    """Compile, run, mitigate and trace quantum workloads."""
    if version:
        from importlib.metadata import version as version_of

        say(f"qrt {version_of('quantum-runtime')}")
        raise typer.Exit
