"""Read the rows of an edge list: what separates its cells, and whether its first row is a head."""

import csv
import io
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from tasks.errors import BadInput

WANTED: Final = "Write an edge as source,target,weight; a weight that is left out is 1."
_ENDS: Final = 2  # of an edge
_SHOWN: Final = 40  # characters of foreign text that a message repeats
# What people call the first two columns; a number or letter may follow, as in `node_1` or `id B`.
_END: Final = re.compile(
    r"(from|to|u|v|(src|dst|source|target|origin|destination|head|tail|start|end|node|vertex|id"
    r"|name|label)s?([ _-]?(id|node|name|vertex))?[ _-]?([0-9]+|[a-z])?)"
)
_WEIGHTS: Final = frozenset(
    ("weight", "weights", "w", "value", "cost", "capacity", "coupling", "length", "distance", "j")
)
_COMMENTS: Final = ("#", "%", "//")
_DECIMAL_COMMA: Final = re.compile(r"[+-]?[0-9]+,[0-9]+")


class Row(NamedTuple):
    """The cells of one line, stripped."""

    line: int
    cells: list[str]


def edge_rows(text: str, *, origin: str) -> list[Row]:
    """Return the rows without a head; cells are separated by commas, semicolons or tabs.

    Between semicolons and tabs a weight may have a decimal comma, as spreadsheets write it.

    Raises:
        BadInput: it is not CSV, or can be read in two ways that differ.
    """
    separator = _separator(text)
    rows = _rows(text, separator, origin)
    if separator != ",":
        rows = [Row(row.line, _with_points(row, origin)) for row in rows]
    _check_comments(rows, origin)
    rows = rows[1:] if rows and _is_head(rows, origin) else rows
    _check_numbers(rows, origin)
    return rows


def _separator(text: str) -> str:
    filled = [line for line in text.splitlines() if line.strip()]
    return next((mark for mark in "\t;" if all(mark in line for line in filled)), ",")


def _rows(text: str, separator: str, origin: str) -> list[Row]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows = [Row(lines.line_num, [cell.strip() for cell in cells]) for cells in lines]
    except csv.Error as error:
        message = f"{origin}: line {lines.line_num} is not CSV ({error}). {WANTED}"
        raise BadInput(message) from error
    return [Row(row.line, _trimmed(row.cells)) for row in rows if any(row.cells)]


def _trimmed(cells: list[str]) -> list[str]:
    """Return the cells without an empty weight at their end."""
    return cells[:-1] if cells[-1] == "" and len(cells) > _ENDS else cells


def _with_points(row: Row, origin: str) -> list[str]:
    """Return the cells with a decimal point in the weight; no other cell has a comma."""
    ends, weight = row.cells[:_ENDS], row.cells[_ENDS:]
    weight = [cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell for cell in weight]
    if any("," in cell for cell in [*ends, *weight]):
        what = "has commas and semicolons or tabs, so its cells can be read in two ways"
        raise _bad(row, what, "Give the graph as JSON, or use commas alone.", origin)
    return ends + weight


def _is_head(rows: Sequence[Row], origin: str) -> bool:
    """Whether the first row names the columns.

    Raises:
        BadInput: it may be either, or it calls the third column what is no weight.
    """
    first, *others = rows
    if len(first.cells) not in {_ENDS, _ENDS + 1} or any(map(_is_number, first.cells)):
        return False
    ends, weight = first.cells[:_ENDS], first.cells[_ENDS:]
    nodes = {cell for row in others for cell in row.cells[:_ENDS]}
    alone = not nodes & set(ends)
    called = alone and all(_END.fullmatch(cell.lower()) for cell in ends)
    head = called or (bool(nodes) and all(map(_is_number, nodes)))
    if weight and weight[0].lower() not in _WEIGHTS and head:
        what = f"calls its third column {_shown(weight[0])}"
        raise _bad(first, what, "Call it weight, or leave it out.", origin)
    if not weight and not head and alone and others:
        what = f"({_shown(ends[0])}, {_shown(ends[1])}) may be an edge or a head"
        remedy = "Write the line source,target above it if it is an edge, else in its place."
        raise _bad(first, what, remedy, origin)
    return head or bool(weight and weight[0].lower() in _WEIGHTS)


def _check_comments(rows: Sequence[Row], origin: str) -> None:
    """Refuse what other readers take for a comment, and this one for an edge."""
    for row in rows:
        if row.cells[0].startswith(_COMMENTS):
            what = f"begins with {_shown(row.cells[0])}, which may be a comment or a node"
            raise _bad(row, what, "Remove the line, or give the graph as JSON.", origin)


def _check_numbers(rows: Sequence[Row], origin: str) -> None:
    """Refuse one number in two spellings, as 1 and 1.0, which would be two nodes."""
    spelled: dict[float, str] = {}
    for row in rows:
        for cell in filter(_is_number, row.cells[:_ENDS]):
            before = spelled.setdefault(float(cell), cell)
            if before != cell:
                what = f"has the node {_shown(cell)}, and before it {_shown(before)}"
                raise _bad(row, what, "Write a number in one way.", origin)


def _bad(row: Row, what: str, remedy: str, origin: str) -> BadInput:
    return BadInput(f"{origin}: line {row.line} {what}. {remedy}")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
