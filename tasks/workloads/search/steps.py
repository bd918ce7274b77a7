"""The steps of a hybrid loop: each measures the energies at some points and writes them down."""

from collections.abc import Sequence
from typing import Protocol

from datasets.records.runs import Iteration

Point = tuple[float, ...]


class Steps(Protocol):
    """How a run takes the steps of its loop.

    What a step has returned may be lost with the process; taking it again returns the same.
    """

    def take(self, index: int, points: tuple[Point, ...]) -> Iteration:
        """Measure the energies at `points` (n_points, n_parameters).

        Raises:
            RunCancelled: the run is not wanted any more.
        """
        ...

    def passed(self, done: Sequence[Iteration]) -> None:
        """Land what is due after the last of `done`, whether it was taken now or before."""
        ...

    def end(self, done: Sequence[Iteration]) -> None:
        """Write down and land all that is not there yet."""
        ...
