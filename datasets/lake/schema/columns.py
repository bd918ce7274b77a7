"""What a column and a table of the lake are, as plain data."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "id",
    "text",
    "json",
    "texts",
    "time",
    "money",
    "bool",
    "int32",
    "int64",
    "uint32",
    "uint64",
    "float",
    "floats",
    "bytes",
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `required` means never null.

    Whoever does the same work again may see another value of what is `incidental`: what a clock
    said, what was in force then, what did the work. Landing the same rows with another value is
    still the same landing, and the first one stands. `volatile` is what is so in every file: the
    identity in its label leaves it out.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = True
    unit: str = ""
    volatile: bool = False
    incidental: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, which columns tell rows of a file apart, and all its columns."""

    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
