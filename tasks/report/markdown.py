"""Markdown as the Prefect UI reads it: GitHub's, in which `h2@0.7414` is somebody's address.

A backslash does not help against addresses, which are looked for once backslashes are gone; a code
span helps against everything.
"""

import re
from collections.abc import Sequence
from typing import Final

_TICKS: Final = re.compile("`+")
_READ_OTHERWISE: Final = re.compile(r"[\\`*_~@|<>\[\]&]")
_ENDING: Final = re.compile(r"[.,:;!?)]*$")


def code(text: str) -> str:
    """Return a name as a code span on one line, in which no letter means anything."""
    line = " ".join(text.split())
    longest = max((len(ticks) for ticks in _TICKS.findall(line)), default=0)
    fence = "`" * (longest + 1)
    room = " " if not line or line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{room}{line}{room}{fence}"


def spoken(sentence: str) -> str:
    """Return a sentence on one line, code spans for those of its words that would be read else."""
    return " ".join(map(_spoken, sentence.split()))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown; in a row a stroke ends a cell, in code spans too.

    So each is escaped, which the table takes back.
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def picture(name: str, address: str) -> str:
    """Return a picture, with what is said in its place."""
    said = name.replace("[", r"\[").replace("]", r"\]")
    return f"![{said}]({address})"


def _spoken(word: str) -> str:
    name = _ENDING.sub("", word)
    return code(name) + word[len(name) :] if _READ_OTHERWISE.search(name) else word


def _cell(markdown: str) -> str:
    return markdown.replace("|", r"\|")
