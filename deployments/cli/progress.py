"""Show how a run goes: live on a terminal, plain lines elsewhere, nothing for scripts."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from tasks.core.events import Event, listening

STAGES = {
    "run.starting": lambda f: f"starting: {f['title']} on {f['target']}",
    "run.opened": lambda f: f"run {f['run_id']}",
    "program.compiled": lambda f: f"compiled: {f['two_qubit_gates']} two-qubit gates",
    "run.quoted": lambda f: f"quoted: at most {f['usd']:.2f} USD on the real device",
    "sweep.divided": lambda f: (
        f"{f['points']:,} of {f['of']:,} points to be measured, in {f['chunks']} chunks"
    ),
    "estimate.planned": lambda f: f"final estimate: {f['shots']:,} shots",
    "report.written": lambda f: f"report: {f['path']}",
}


@contextmanager
def showing(*, quiet: bool) -> Iterator[None]:
    """Show events on standard error until the block ends."""
    if quiet:
        yield
        return
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        with listening(_Lines(partial(console.print, soft_wrap=True)).hear):
            yield
        return
    with _bar(console) as progress, listening(_Bar(progress).hear):
        yield


class _Lines:
    """A line for each stage and iteration."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._clock = _Clock()

    def hear(self, event: Event) -> None:
        if text := _stage(event):
            self._write(text)
        if event.name == "iteration.completed":
            step, steps = event.fields["iteration"] + 1, event.fields["of"]
            self._write(f"iteration {step:>3}/{steps}  {_figures(event, self._clock.left(event))}")
        if event.name == "piece.landed":
            done, points = event.fields["done"], event.fields["points"]
            self._write(f"{done:,}/{points:,} points  {event.fields['left_s']:.0f} s left")


class _Bar:
    """A bar over the iterations, below the stages that are done."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._clock = _Clock()
        self._task: TaskID | None = None

    def hear(self, event: Event) -> None:
        if text := _stage(event):
            self._progress.console.print(text, soft_wrap=True)
        if event.name == "iteration.completed":
            self._step(event)
        if event.name == "piece.landed":
            self._show("points", event.fields["done"], event.fields["points"], _left(event))

    def _step(self, event: Event) -> None:
        figures = _figures(event, self._clock.left(event))
        self._show("iterations", event.fields["iteration"] + 1, event.fields["of"], figures)

    def _show(self, what: str, done: int, total: int, figures: str) -> None:
        if self._task is None:
            self._task = self._progress.add_task(what, total=total, figures="")
        self._progress.update(self._task, completed=done, figures=figures)


class _Clock:
    """How long is left, from the iterations that really ran."""

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


def _stage(event: Event) -> str | None:
    describe = STAGES.get(event.name)
    return describe(event.fields) if describe else None


def _figures(event: Event, left: float | None) -> str:
    fields = event.fields
    tail = "from the journal" if left is None else f"{left:.0f} s left"
    energy = f"{fields['energy']:+.5f} ± {fields['stderr']:.5f}"
    return f"{energy}  {fields['shots']:,} shots  {tail}"


def _left(event: Event) -> str:
    return f"points  {event.fields['left_s']:.0f} s left"


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.completed:>3.0f}/{task.total:.0f}"),
        BarColumn(bar_width=16),
        TextColumn("{task.fields[figures]}"),
        console=console,
    )
