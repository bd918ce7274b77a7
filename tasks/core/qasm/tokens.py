"""Cut OpenQASM text into tokens, and say where in it something is wrong."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final, Literal, NamedTuple

from tasks.core.qasm.effort import Effort
from tasks.errors import BadInput

MAX_CHARACTERS: Final = 16_000_000  # about a million gates
_SHOWN: Final = 40  # characters of foreign text that a message repeats
_SAID: Final = 600  # and of a whole message
_COUNTED: Final = 64  # tokens whose effort is counted at once
_COMPARED: Final = 2_000  # names that are looked through for one nearly the same

Kind = Literal["name", "qubit", "integer", "real", "string", "pragma", "symbol", "end"]

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n\r]*|/\*.*?\*/)
  | (?P<pragma>\#?pragma\b[^\n\r]*|@\w[^\n\r]*)
  | (?P<name>[^\W\d]\w*)
  | (?P<qubit>\$\d+)
  | (?P<real>(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)
  | (?P<integer>\d+(?:_\d+)*)
  | (?P<string>"[^"\n]*"|'[^'\n]*')
  | (?P<symbol>(?!/\*)(?:->|\*\*=?|<<=?|>>=?|&&|\|\||[-+*/%^&|<>=!~]=
      |[-+*/%^(){}\[\];,:=@!<>&|~.]))
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
    effort: Effort = field(default_factory=Effort)

    def spend(self, steps: int, *, at: int) -> None:
        """Count the work that is asked for at a place.

        Raises:
            BadInput: it is too much for one text.
        """
        try:
            self.effort.spend(steps)
        except BadInput as error:
            raise self.fault(at, str(error)) from error

    def enter(self, *, at: int) -> None:
        """Go one level deeper at a place; `leave` comes back, unless a fault ends the reading.

        Raises:
            BadInput: there are too many levels.
        """
        try:
            self.effort.enter()
        except BadInput as error:
            raise self.fault(at, str(error)) from error

    def leave(self) -> None:
        """Come back from a level."""
        self.effort.leave()

    def fault(self, at: int, what: str) -> BadInput:
        """Return the one line that says what is wrong at a place: line and column from 1."""
        before = self.text[:at].replace("\r\n", " \n").replace("\r", "\n")
        line = before.count("\n") + 1
        column = at - (before.rfind("\n") + 1) + 1
        said = what if len(what) <= _SAID else f"{what[:_SAID]}..."
        return BadInput(f"{self.origin}, line {line}, column {column}: {said}")


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
    for count, found in enumerate(_TOKEN.finditer(text), start=1):
        kind = found.lastgroup
        if not count % _COUNTED:
            source.spend(2 * _COUNTED, at=found.start())
        if kind == "strange":
            raise source.fault(found.start(), _strange(text, found.start()))
        if kind != "space":
            yield Token(kind, found[0], found.start())  # type: ignore[arg-type]  # a group is a kind
    yield Token("end", "", len(text.rstrip()))


def shown(text: str) -> str:
    """Quote foreign text for a message, shortened."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def nearest(name: str, known: Sequence[str], *, cutoff: float = 0.6) -> str | None:
    """Return the one of `known` that is nearly the name, if there is one among the first few."""
    if len(name) > _SHOWN:
        return None
    near = get_close_matches(name, known[:_COMPARED], n=1, cutoff=cutoff)
    return near[0] if near else None


def _strange(text: str, at: int) -> str:
    if text.startswith("/*", at):
        return "a comment begins here and never ends. Close it with */."
    if text[at] in "\"'":
        return "a string begins here and does not end on its line. Close it."
    return f"the character {text[at]!r} does not belong to OpenQASM. Remove it."
