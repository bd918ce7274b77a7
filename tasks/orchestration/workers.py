"""Where a sweep's pieces are worked on: one after the other here, or by a cluster's processes."""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Final, Self

from prefect.task_runners import TaskRunner

from tasks.backends.targets import is_bought
from tasks.core.mitigation.readout import Confusion
from tasks.core.progress.events import Event
from tasks.core.sweeps.work import Piece
from tasks.orchestration.task_runners import Choice, configured, started
from tasks.stages import sweep as stages
from tasks.workloads.sweep.progress import Progress
from tasks.workloads.sweep.sweep import Sweep

AHEAD: Final = 256  # pieces that a cluster has at once; the others wait here


class Workers:
    """Those who work on a run's pieces; a cluster is started when the first piece is for it."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        self._open = ExitStack()
        self._runner: TaskRunner[Any] | None = None

    @classmethod
    def configured(cls) -> Self:
        """Return those that the environment asks for."""
        return cls(configured())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, traceback)

    def work(
        self, pieces: Iterable[Piece], *, sweep: Sweep, confusion: Confusion | None, done: Progress
    ) -> None:
        """Measure and land the pieces; what is bought is bought by this process alone.

        Raises:
            BadInput: there is no cluster where one is asked for.
            RuntimeFault: a piece could not be measured or landed, wherever that was.
        """
        if not self._choice.elsewhere or is_bought(sweep.target):
            for piece in pieces:
                measured = stages.measure(sweep, piece=piece)
                stages.land(measured, sweep=sweep, confusion=confusion, progress=done)
            return
        for piece, happened in self._spread(pieces, sweep=sweep, confusion=confusion):
            stages.tell(happened, piece=piece, progress=done)

    def _spread(
        self, pieces: Iterable[Piece], *, sweep: Sweep, confusion: Confusion | None
    ) -> Iterator[tuple[Piece, tuple[Event, ...]]]:
        """Yield each piece once it is in the lake, in order, with what happened meanwhile."""
        runner, same = self._started(), {"sweep": sweep, "confusion": confusion}
        waiting: deque[tuple[Piece, Any]] = deque()
        for piece in pieces:
            if len(waiting) == AHEAD:
                yield _ended(*waiting.popleft())
            future = runner.submit(stages.measure_and_land, {**same, "piece": piece})
            waiting.append((piece, future))
        while waiting:
            yield _ended(*waiting.popleft())

    def _started(self) -> TaskRunner[Any]:
        if self._runner is None:
            self._runner = self._open.enter_context(started(self._choice))
        return self._runner


def _ended(piece: Piece, future: Any) -> tuple[Piece, tuple[Event, ...]]:
    return piece, future.result()
