"""Everything that commands print: text as it is, in which nothing that users name is markup.

A bracket opens no style, `:name:` is no picture, and a control character, which could clear the
screen or rename the window, is spelled by its number, as JSON does.
"""

import re
from typing import TYPE_CHECKING, Final

import typer

from datasets.files.url_secrets import masked

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

LEAST_WIDTH: Final = 80  # tables keep their figures

# C0 without tab and newline, C1, line separators, what turns the direction of writing, surrogates.
_CONTROLS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def plain(text: str) -> str:
    """Return a text with credentials masked and controls spelled out; line ends and tabs stay."""
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", masked(text))


def one_line(text: str) -> str:
    """Return a text as one line; blanks within its lines stay, as they may be those of a name."""
    return " ".join(filter(None, map(str.strip, plain(text).split("\n"))))


def say(text: object = "", *, err: bool = False) -> None:
    """Print a text and end its line, on standard error where `err`."""
    typer.echo(plain(str(text)), err=err)


def cell(text: str) -> "Text":
    """Return a text for a table of rich."""
    from rich.text import Text

    return Text(plain(text))


def console(*, err: bool = False) -> "Console":
    """Return the console for tables and progress, which reads no markup, numbers or emoji."""
    from rich.console import Console

    found = Console(stderr=err, markup=False, highlight=False, emoji=False)
    if not err:
        found.width = max(LEAST_WIDTH, found.width)
    return found
