"""Cut OpenQASM text into tokens, and say where in it something is wrong."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tasks.errors import BadInput

MAX_CHARACTERS = 16_000_000  # about a million gates
_SHOWN = 40  # characters of foreign text that a message repeats

Kind = Literal["name", "qubit", "integer", "real", "string", "pragma", "symbol", "end"]

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*|/\*.*?\*/)
  | (?P<pragma>\#?pragma\b[^\n]*|@\w[^\n]*)
  | (?P<name>[^\W\d]\w*)
  | (?P<qubit>\$\d+)
  | (?P<real>(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)
  | (?P<integer>\d+(?:_\d+)*)
  | (?P<string>"[^"\n]*"|'[^'\n]*')
  | (?P<symbol>(?!/\*)(?:->|\*\*|==|[-+*/%^(){}\[\];,:=@]))
  | (?P<strange>.)
  """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):  # a tuple, since a text has very many
    """A word of the language; `at` is where it begins, in characters from the start of the text."""

    kind: Kind
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a circuit, and the name of where it came from."""

    text: str
    origin: str

    def fault(self, at: int, what: str) -> BadInput:
        """Return the one line that says what is wrong at a place: line and column from 1."""
        before = self.text[:at]
        line = before.count("\n") + 1
        column = at - (before.rfind("\n") + 1) + 1
        return BadInput(f"{self.origin}, line {line}, column {column}: {what}")


def tokens(source: Source) -> Iterator[Token]:
    """Yield the tokens of `source` in order, and one of kind `end`.

    Raises:
        BadInput: the text is too long, or has a character that the language does not.
    """
    text = source.text
    if len(text) > MAX_CHARACTERS:
        message = (
            f"{source.origin} has {len(text)} characters; at most {MAX_CHARACTERS} are read. "
            "Give a smaller circuit."
        )
        raise BadInput(message)
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if kind == "strange":
            raise source.fault(found.start(), _strange(text, found.start()))
        if kind != "space":
            yield Token(kind, found[0], found.start())  # type: ignore[arg-type]  # a group is a kind
    yield Token("end", "", len(text.rstrip()))


def shown(text: str) -> str:
    """Quote foreign text for a message, shortened."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def _strange(text: str, at: int) -> str:
    if text.startswith("/*", at):
        return "a comment begins here and never ends. Close it with */."
    if text[at] in "\"'":
        return "a string begins here and does not end on its line. Close it."
    return f"the character {text[at]!r} does not belong to OpenQASM. Remove it."
