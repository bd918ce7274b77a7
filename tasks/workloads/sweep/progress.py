"""How far a sweep is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tasks.core.progress.events import emit
from tasks.core.sweeps.work import Piece


@dataclass(slots=True)
class Progress:
    """The pieces that are left, and how many points of them are done."""

    pieces: list[Piece]
    now: Callable[[], float] = time.monotonic
    _done: int = 0
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock."""
        self._began = self.now()

    def on(self, target: str) -> list[Piece]:
        """Return the pieces of one target."""
        return [piece for piece in self.pieces if piece.target == target]

    @property
    def points(self) -> int:
        """How many points were left in the beginning."""
        return sum(piece.n_points for piece in self.pieces)

    @property
    def left_s(self) -> float:
        """How long it may still take, at the pace so far."""
        return (self.now() - self._began) / self._done * (self.points - self._done)

    def landed(self, piece: Piece) -> None:
        """Count a piece, and tell of it."""
        self._done += piece.n_points
        emit("piece.landed", done=self._done, points=self.points, left_s=self.left_s)
