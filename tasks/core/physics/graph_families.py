"""Graphs by name: rings, paths, grids, complete ones, and random ones with a seed in the name."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from typing import Final

import numpy as np

from datasets.records.graphs import Edge, Graph
from tasks.errors import BadInput, UnknownName

MAX_NODES: Final = 64  # outcomes of more qubits are no 64-bit integers
EXAMPLES: Final = (
    "ring:8", "path:6", "complete:5", "grid:2:4", "regular:3:10@7", "gnp:10:0.5@3"
)  # fmt: skip

Pair = tuple[int, int]
_NAME: Final = re.compile(r"([a-z]+)((?::[0-9.]{1,9}){1,2})(?:@([0-9]{1,15}))?")
_RANDOM: Final = {"regular", "gnp"}
_LEAST_RING: Final = 3
_SOURCE: Final = {
    "regular": "a random regular graph, Steger and Wormald, Comb. Probab. Comput. 8 (1999) 377",
    "gnp": "a random graph, Gilbert, Ann. Math. Stat. 30 (1959) 1141",
}


def named_graph(name: str) -> Graph:
    """Return the graph of that name; a random one without `@SEED` has the seed 1.

    Raises:
        UnknownName: there is no such family.
        BadInput: the family has no such graph.
    """
    found = _NAME.fullmatch(name.strip().lower())
    if found is None or found[1] not in _FAMILIES:
        kind = "graph"
        raise UnknownName(kind, name, (*EXAMPLES, "the path of a JSON or CSV file"))
    family, numbers, seed = found[1], found[2][1:].split(":"), found[3]
    if seed is not None and family not in _RANDOM:
        raise _bad(name, f"A {family} is not random. Leave out @{seed}.")
    n_nodes, pairs = _FAMILIES[family](name, numbers, np.random.default_rng(int(seed or 1)))
    nodes = tuple(str(node) for node in range(n_nodes))
    edges = tuple(Edge(*pair) for pair in sorted(pairs))
    if not edges:
        raise _bad(name, "It has no edges, so there is nothing to cut. Choose another.")
    return Graph(found[0], nodes, edges, _SOURCE.get(family, f"the {family} of that size"))


def _bad(name: str, what: str) -> BadInput:
    return BadInput(f"Graph {name!r:.60}: {what}")


def _whole(name: str, text: str, *, least: int, what: str = "nodes") -> int:
    if not text.isdecimal() or not least <= int(text) <= MAX_NODES:
        raise _bad(name, f"{text} is no number of {what}. Give {least} to {MAX_NODES}.")
    return int(text)


def _single(name: str, numbers: Sequence[str], *, least: int) -> int:
    if len(numbers) != 1:
        family = name.partition(":")[0]
        raise _bad(name, f"A {family} has one number, that of its nodes. Write {family}:8.")
    return _whole(name, numbers[0], least=least)


def _two(name: str, numbers: Sequence[str], *, example: str) -> Sequence[str]:
    if len(numbers) != 2:  # noqa: PLR2004 - as it says
        raise _bad(name, f"It takes two numbers. Write {example}.")
    return numbers


def _ring(
    name: str, numbers: Sequence[str], rng: np.random.Generator
) -> tuple[int, Iterable[Pair]]:
    del rng
    n_nodes = _single(name, numbers, least=_LEAST_RING)
    return n_nodes, [*((k, k + 1) for k in range(n_nodes - 1)), (0, n_nodes - 1)]


def _path(
    name: str, numbers: Sequence[str], rng: np.random.Generator
) -> tuple[int, Iterable[Pair]]:
    del rng
    n_nodes = _single(name, numbers, least=2)
    return n_nodes, [(k, k + 1) for k in range(n_nodes - 1)]


def _complete(
    name: str, numbers: Sequence[str], rng: np.random.Generator
) -> tuple[int, Iterable[Pair]]:
    del rng
    n_nodes = _single(name, numbers, least=2)
    return n_nodes, combinations(range(n_nodes), 2)


def _grid(
    name: str, numbers: Sequence[str], rng: np.random.Generator
) -> tuple[int, Iterable[Pair]]:
    del rng
    high, wide = (
        _whole(name, text, least=1, what=what)
        for text, what in zip(
            _two(name, numbers, example="grid:2:4"), ("rows", "columns"), strict=True
        )
    )
    n_nodes = _whole(name, str(high * wide), least=2)
    across = ((k, k + 1) for k in range(n_nodes) if (k + 1) % wide)
    return n_nodes, [*across, *((k, k + wide) for k in range(n_nodes - wide))]


def _gnp(name: str, numbers: Sequence[str], rng: np.random.Generator) -> tuple[int, Iterable[Pair]]:
    size, text = _two(name, numbers, example="gnp:10:0.5@3")
    n_nodes = _whole(name, size, least=2)
    if text.count(".") > 1 or text == "." or not 0 < float(text) <= 1:
        raise _bad(name, f"{text} is no probability of an edge. Give one above 0, up to 1.")
    every = list(combinations(range(n_nodes), 2))
    kept = rng.random(len(every)) < float(text)
    return n_nodes, [pair for pair, keep in zip(every, kept, strict=True) if keep]


def _regular(
    name: str, numbers: Sequence[str], rng: np.random.Generator
) -> tuple[int, Iterable[Pair]]:
    one, other = _two(name, numbers, example="regular:3:10@7")
    n_nodes = _whole(name, other, least=2)
    degree = _whole(name, one, least=1, what="neighbours")
    if degree >= n_nodes:
        said = f"A node of {n_nodes} has at most {n_nodes - 1} neighbours; not {degree}."
        raise _bad(name, f"{said} Choose a smaller degree.")
    if degree * n_nodes % 2:
        said = f"{degree} times {n_nodes} is odd, and each edge has two ends."
        raise _bad(name, f"{said} Make one of them even.")
    if 2 * degree < n_nodes:
        return n_nodes, _paired(n_nodes, degree, rng)
    without = _paired(n_nodes, n_nodes - 1 - degree, rng)
    return n_nodes, [pair for pair in combinations(range(n_nodes), 2) if pair not in without]


def _paired(n_nodes: int, degree: int, rng: np.random.Generator) -> set[Pair]:
    """Pair the ends of edges at random until all fit; begin again where none fit any more."""
    while True:
        pairs: set[Pair] = set()
        ends = np.repeat(np.arange(n_nodes), degree)
        while _fits(ends, pairs):
            ends = _pair_once(rng.permutation(ends), pairs)
        if len(ends) == 0:
            return pairs


def _fits(ends: np.ndarray[tuple[int], np.dtype[np.int64]], pairs: set[Pair]) -> bool:
    return any(pair not in pairs for pair in combinations(sorted(set(ends.tolist())), 2))


def _pair_once(
    ends: np.ndarray[tuple[int], np.dtype[np.int64]], pairs: set[Pair]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Add the neighbours in `ends` that fit to `pairs`; return the others."""
    left: list[int] = []
    for one, other in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True):
        pair = (min(one, other), max(one, other))
        if one == other or pair in pairs:
            left += [one, other]
        else:
            pairs.add(pair)
    return np.array(left, dtype=np.int64)


_Family = Callable[[str, Sequence[str], np.random.Generator], tuple[int, Iterable[Pair]]]
_FAMILIES: Final[dict[str, _Family]] = {
    "ring": _ring,
    "path": _path,
    "complete": _complete,
    "grid": _grid,
    "regular": _regular,
    "gnp": _gnp,
}
