"""Colour the edges of a graph so that no two of one colour meet: layers of gates that commute."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

Pair = tuple[int, int]


def colour_edges(pairs: Sequence[Pair]) -> tuple[int, ...]:
    """Return a colour from 0 for each edge, with at most one more than the largest degree.

    Misra and Gries, Inf. Process. Lett. 41 (1992) 131, after Vizing; an edge whose ends have a
    colour free in common takes the least of them at once. No edge may come twice.
    """
    painting = _Painting()
    for one, other in pairs:
        painting.add(one, other)
    return tuple(painting.colour(one, other) for one, other in pairs)


@dataclass(slots=True)
class _Painting:
    """A proper colouring of some edges: each node's neighbours by the colour that leads there."""

    ends: dict[int, dict[int, int]] = field(default_factory=dict)
    largest: int = 0  # degree

    def colour(self, one: int, other: int) -> int:
        return next(colour for colour, end in self.ends[one].items() if end == other)

    def add(self, one: int, other: int) -> None:
        """Colour one edge more, others anew where that has to be."""
        for node in (one, other):
            self.ends.setdefault(node, {})
            self.largest = max(self.largest, len(self.ends[node]) + 1)
        shared = next(c for c in count() if c not in self.ends[one] and c not in self.ends[other])
        if shared < self.largest:
            self._paint(one, other, shared)
            return
        fan = self._fan(one, other)
        last = self._free(fan[-1])
        self._swap(one, self._free(one), last)
        self._rotate(one, self._prefix(fan, last), last)

    def _free(self, node: int) -> int:
        return next(colour for colour in count() if colour not in self.ends[node])

    def _paint(self, one: int, other: int, colour: int) -> None:
        self.ends[one][colour], self.ends[other][colour] = other, one

    def _clear(self, one: int, other: int) -> int:
        colour = self.colour(one, other)
        del self.ends[one][colour], self.ends[other][colour]
        return colour

    def _fan(self, centre: int, first: int) -> list[int]:
        """Return neighbours of which each is reached by a colour that the one before has free."""
        fan = [first]
        rest = dict(self.ends[centre])
        while True:
            fit = next((colour for colour in rest if colour not in self.ends[fan[-1]]), None)
            if fit is None:
                return fan
            fan.append(rest.pop(fit))

    def _swap(self, start: int, free: int, taken: int) -> None:
        """Exchange two colours along the path from `start`, where `free` is free."""
        path, node, colour = [], start, taken
        while colour in self.ends[node]:
            end = self.ends[node][colour]
            path.append((node, end))
            node, colour = end, free if colour == taken else taken
        colours = [self._clear(*pair) for pair in path]
        for pair, was in zip(path, colours, strict=True):
            self._paint(*pair, free if was == taken else taken)

    def _prefix(self, fan: Sequence[int], colour: int) -> list[int]:
        """Return the beginning of a fan, as it still is one, whose last has the colour free."""
        found = [fan[0]]
        while colour in self.ends[found[-1]]:
            found.append(fan[len(found)])
        return found

    def _rotate(self, centre: int, fan: Sequence[int], colour: int) -> None:
        """Give each edge of the fan the colour of the next one, and the last edge this one."""
        colours = [self._clear(centre, node) for node in fan[1:]]
        for node, each in zip(fan, (*colours, colour), strict=True):
            self._paint(centre, node, each)
