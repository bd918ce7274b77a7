"""How far a run is, and how long it may still take, from what it tells."""

import time
from dataclasses import dataclass

from tasks.core.progress.events import Event
from tasks.core.text.amounts import counted


@dataclass(frozen=True, slots=True)
class Reached:
    """What is done, in percent and in words."""

    percent: float
    words: str


class Clock:
    """How long a loop may still take, from the iterations that really ran."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._ran = 0

    def left(self, event: Event) -> float | None:
        """Return the seconds left if all iterations are used, None until one has run."""
        if event.fields["replayed"]:
            return None
        now = time.monotonic()
        if self._began is None:
            self._began = now - float(event.fields["elapsed_s"])
        self._ran += 1
        remaining = int(event.fields["of"]) - int(event.fields["iteration"]) - 1
        return remaining * (now - self._began) / self._ran


def reached(event: Event, *, clock: Clock) -> Reached | None:
    """Return how far a run is; None for events that do not say."""
    fields = event.fields
    match event.name:
        case "iteration.completed":
            done, of = fields["iteration"] + 1, fields["of"]
            words = f"iteration {done:,} of {of:,}, {fields['figure']}"
            return Reached(100 * done / of, f"{words}{_left(clock.left(event))}")
        case "loop.ended":
            return Reached(100.0, ended(event))
        case "piece.landed":
            done, of = fields["done"], fields["points"]
            words = f"{done:,} of {counted(of, 'point')}"
            return Reached(100 * done / of, f"{words}{_left(fields['left_s'])}")
        case _:
            return None


def ended(event: Event) -> str:
    """Say how a loop has ended."""
    fields = event.fields
    spent = counted(fields["iterations"], "iteration")
    if fields["converged"]:
        return f"converged after {spent} of at most {fields['of']:,}"
    return f"{spent} done of at most {fields['of']:,}"


def _left(left_s: float | None) -> str:
    if not left_s:
        return ""
    minutes, seconds = divmod(round(left_s), 60)
    return f", {minutes} min {seconds} s left" if minutes else f", {seconds} s left"
