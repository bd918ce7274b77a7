"""Read points as they are written on a command line.

    theta=0:6.283:1000                          1000 values from 0 to 6.283, both included
    theta=0:pi:10 phi=0:2*pi:20                 a grid: every combination, 200 points
    theta=0.1,0.2,pi/4 phi=0.5                  a grid of listed values
    zip theta=0.1,0.2 phi=0.3,0.4               two points: (0.1, 0.3) and (0.2, 0.4)
    random 5000 seed=3 theta=0:2pi phi=0:pi     5000 points at random, upper bounds not included
    sobol 4096 theta=0:2pi phi=0:pi             4096 points of a scrambled Sobol sequence
    latin-hypercube 1000 theta=0:2pi            a Latin hypercube of 1000 points
    latin-hypercube 10x1000 theta=0:2pi         ten of them, one after the other
    points.csv, points.parquet                  a file whose columns are the parameters

Axes are separated by white space or by `;`, or stand in options of their own. Numbers are radians
and may be written with pi, tau, + - * / ** and parentheses, or in degrees: 90deg. White space
around = : and , does not count. A parameter has the name that the circuit gives it; `θ[0]` is what
Qiskit writes as `_θ_0_`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from datasets.records.parameters import called, is_identifier
from tasks.core.qasm.effort import Effort
from tasks.core.qasm.numbers import has_unit, number
from tasks.core.qasm.tokens import shown
from tasks.core.sweeps.axes import Axis, Linear, Listed
from tasks.core.sweeps.points import Grid, Rows, listed
from tasks.core.sweeps.samplers import Bound, Sampled, Sampler
from tasks.core.text.whole_numbers import whole
from tasks.errors import BadInput

SUFFIXES: Final = (".csv", ".parquet")
_ZIP: Final = "zip"
_KINDS: Final = (*Sampler, _ZIP)
MAX_CHARACTERS: Final = 4_000_000
_COUNT: Final = re.compile(r"(?:(\d{1,18})x)?([\w.+]{1,24})\Z", re.ASCII)
_TIGHT: Final = re.compile(r" ?([=:,()*]) ?")
MAX_WORDS: Final = 10_000  # axes, as many as a file may have columns
_BOUNDS = 2
_LINEAR = 3


@dataclass(frozen=True, slots=True)
class PointFile:
    """Points that stand in a file."""

    path: str


def parse_points(texts: Sequence[str]) -> Grid | Rows | Sampled | PointFile:
    """Return the points that the options ask for together; none is the point without parameters.

    Raises:
        BadInput: an option cannot be read, or asks for too many points.
    """
    if len(texts) == 1 and texts[0].strip().lower().endswith(SUFFIXES):
        return PointFile(texts[0].strip())
    length = sum(map(len, texts))
    if length > MAX_CHARACTERS:
        message = f"The points have {length:,} characters; at most {MAX_CHARACTERS:,}. Use a file."
        raise BadInput(message)
    effort = Effort(what="The points: ")
    words = [word for text in texts for word in _words(text)]
    if len(words) > MAX_WORDS:
        message = f"The points have {len(words):,} axes; at most {MAX_WORDS:,}. Use a file."
        raise BadInput(message)
    if texts and not words:
        message = "The points are empty. Write them as in theta=0:pi:100."
        raise BadInput(message)
    kind = next((word for word in words if word in _KINDS), None)
    if kind is None:
        return Grid(tuple(_axis(word, effort) for word in words))
    if words[0] != kind:
        message = f"{kind} must come first, and alone: there is one kind of points in a sweep."
        raise BadInput(message)
    if kind == _ZIP:
        return _zipped(words[1:], effort)
    return _sampled(Sampler(kind), words[1:], effort)


def _words(text: str) -> Iterator[str]:
    for part in text.split(";"):
        yield from _TIGHT.sub(r"\1", " ".join(part.split())).split()


def _axis(word: str, effort: Effort) -> Axis:
    name, text = _assignment(word)
    parts = text.split(":")
    if len(parts) == _LINEAR:
        return Linear(name, *_ends(parts[0], parts[1], word, effort), _whole(parts[2], word))
    if len(parts) == 1:
        return Listed(name, _numbers(text, effort))
    message = f"{shown(word)} must be {name}=start:stop:count or {name}=value,value,... Rewrite it."
    raise BadInput(message)


def _zipped(words: Sequence[str], effort: Effort) -> Rows:
    columns = dict[str, list[float]]()
    for word in words:
        name, text = _assignment(word)
        if name in columns:
            message = f"The parameter {name} is given twice. Give each parameter once."
            raise BadInput(message)
        columns[name] = list(_numbers(text, effort))
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) != 1:
        counts = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        message = f"zip needs as many values of each parameter: {counts or 'there are none'}."
        raise BadInput(message)
    return listed(tuple(columns), list(zip(*columns.values(), strict=True)))


def _sampled(sampler: Sampler, words: Sequence[str], effort: Effort) -> Sampled:
    found = _COUNT.match(words[0]) if words else None
    count = whole(found[2]) if found else None
    if found is None or count is None or (found[1] and sampler is not Sampler.LATIN_HYPERCUBE):
        given = shown(words[0]) if words else "nothing"
        message = f"{sampler} must be followed by a number of points, not {given}, as in "
        raise BadInput(message + f"`{sampler} 1000 theta=0:2pi`.")
    strata = None
    if sampler is Sampler.LATIN_HYPERCUBE:
        count, strata = int(found[1] or 1) * count, count
    seed = 0
    bounds: list[Bound] = []
    for word in words[1:]:
        name, text = _assignment(word)
        if name == "seed" and ":" not in text:
            seed = _whole(text, word)
        else:
            bounds.append(_bound(name, text, word, effort))
    return Sampled(sampler, tuple(bounds), count, seed, strata)


def _bound(name: str, text: str, word: str, effort: Effort) -> Bound:
    parts = text.split(":")
    if len(parts) > _BOUNDS or "," in text:
        message = f"{shown(word)} must be {name}=low:high or {name}=value here. Rewrite it."
        raise BadInput(message)
    return Bound(name, *_ends(parts[0], parts[-1], word, effort))


def _ends(first: str, last: str, word: str, effort: Effort) -> tuple[float, float]:
    """Return both ends of a range, which are in one unit."""
    ends = number(first, effort=effort), number(last, effort=effort)
    units = {has_unit(text) for text, end in zip((first, last), ends, strict=True) if end}
    if len(units) > 1:
        message = f"{shown(word)} has a unit at one end only. Write it at both, as in 30deg:90deg."
        raise BadInput(message)
    return ends


def _numbers(text: str, effort: Effort) -> tuple[float, ...]:
    return tuple(number(value, effort=effort) for value in text.split(","))


def _assignment(word: str) -> tuple[str, str]:
    given, equals, text = word.partition("=")
    name = called(given)
    if not equals or not name or not is_identifier(name) or not text:
        kinds = ", ".join(_KINDS)
        message = (
            f"{shown(word)} is not read as points. Write name=start:stop:count or name=value,..., "
            f"or begin with one of: {kinds}; or give one {' or '.join(SUFFIXES)} file."
        )
        raise BadInput(message)
    return name, text


def _whole(text: str, word: str) -> int:
    found = whole(text)
    if found is not None:
        return found
    if re.fullmatch(r"\d{19,}", text, re.ASCII):
        message = f"{shown(word)}: {shown(text)} is too large. Write at most 18 digits."
        raise BadInput(message)
    message = f"{shown(word)}: {shown(text)} is not a whole number. Write it in digits."
    raise BadInput(message)
