"""Put the qubits of a square lattice on a grid, from nothing but which of them are coupled.

Square by square: three corners give the fourth, and a side that has a square on one side already
has the next one on the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

Cell = tuple[int, int]
Square = tuple[int, int, int, int]
Graph = Mapping[int, frozenset[int]]
_DIRECTIONS = ((1, 0), (0, 1), (-1, 0), (0, -1))


def graph_of(nodes: Iterable[int], pairs: Iterable[tuple[int, int]]) -> Graph:
    """Return each node's neighbours."""
    found: dict[int, set[int]] = {node: set() for node in nodes}
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return {node: frozenset(near) for node, near in sorted(found.items())}


def square_lattice(graph: Graph) -> dict[int, Cell] | None:
    """Return a cell for each node, neighbours in neighbouring cells; None where that fails."""
    squares = _squares(graph)
    if not squares:
        return None
    first = squares[0]
    cells: dict[int, Cell] = dict(zip(first, ((0, 0), (1, 0), (1, 1), (0, 1)), strict=True))
    while _grow(cells, squares, graph):
        pass
    return _oriented(cells) if _fits(cells, graph) else None


def _squares(graph: Graph) -> list[Square]:
    """Return the cycles of four, each once, from its least corner on."""
    found = []
    for corner, near in graph.items():
        for one, other in combinations(sorted(near), 2):
            opposite = graph[one] & graph[other] - {corner}
            found += [
                (corner, one, far, other)
                for far in sorted(opposite)
                if corner < min(one, far, other)
            ]
    return found


def _grow(cells: dict[int, Cell], squares: Sequence[Square], graph: Graph) -> bool:
    """Place one more square or node; False when there is none."""
    for square in squares:
        for turn in range(4):
            a, b, c, d = (square[(turn + step) % 4] for step in range(4))
            if d in cells or not {a, b} <= cells.keys():
                continue
            if c in cells:
                cells[d] = _moved(cells[a], _step(cells[b], cells[c]))
                return True
            side = _free_side(cells, a, b)
            if side is not None:
                cells[d], cells[c] = _moved(cells[a], side), _moved(cells[b], side)
                return True
    return _grow_pendant(cells, graph)


def _grow_pendant(cells: dict[int, Cell], graph: Graph) -> bool:
    """Place a node that is in no square: beside all its neighbours, straight on where it can be.

    Those with the fewest cells to choose from are placed first.
    """
    taken = set(cells.values())
    choices = []
    for node in sorted(graph.keys() - cells.keys()):
        near = sorted(graph[node] & cells.keys())
        free = [cell for cell in _beside([cells[one] for one in near]) if cell not in taken]
        ahead = [cell for cell in _ahead(cells, near, graph) if cell in free]
        if free:
            choices.append((len(free), node, (ahead or free)[0]))
    if choices:
        _, node, cell = min(choices)
        cells[node] = cell
    return bool(choices)


def _beside(places: Sequence[Cell]) -> list[Cell]:
    """Return the cells beside all these, in order."""
    around = [{_moved(place, way) for way in _DIRECTIONS} for place in places]
    return sorted(set.intersection(*around)) if around else []


def _ahead(cells: Mapping[int, Cell], near: Iterable[int], graph: Graph) -> list[Cell]:
    """Return the cells that go on straight from a neighbour's neighbours."""
    return [
        _moved(cells[one], _step(cells[before], cells[one]))
        for one in near
        for before in sorted(graph[one] & cells.keys())
    ]


def _free_side(cells: Mapping[int, Cell], a: int, b: int) -> Cell | None:
    """Return the way from the side a-b to cells that are both free, if it is the only one."""
    across, up = _step(cells[a], cells[b])
    taken = set(cells.values())
    ways = [(-up, across), (up, -across)]
    free = [way for way in ways if not {_moved(cells[a], way), _moved(cells[b], way)} & taken]
    return free[0] if len(free) == 1 else None


def _fits(cells: Mapping[int, Cell], graph: Graph) -> bool:
    alone = len(set(cells.values())) == len(graph)
    return alone and all(
        _step(cells[one], cells[other]) in _DIRECTIONS for one in graph for other in graph[one]
    )


def _oriented(cells: Mapping[int, Cell]) -> dict[int, Cell]:
    """Turn and mirror the lattice so that labels are read like text, as nearly as that goes."""
    turns = [
        {node: (sx * x, sy * y) if straight else (sx * y, sy * x) for node, (x, y) in cells.items()}
        for straight in (True, False)
        for sx in (1, -1)
        for sy in (1, -1)
    ]
    best = max(turns, key=lambda turned: sum(n * (100 * y + x) for n, (x, y) in turned.items()))
    left, top = (min(cell[axis] for cell in best.values()) for axis in (0, 1))
    return {node: (x - left, y - top) for node, (x, y) in best.items()}


def _step(start: Cell, end: Cell) -> Cell:
    return end[0] - start[0], end[1] - start[1]


def _moved(cell: Cell, way: Cell) -> Cell:
    return cell[0] + way[0], cell[1] + way[1]
