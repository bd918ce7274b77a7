"""Show how a run goes: live on a terminal, plain lines elsewhere, nothing for scripts."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from deployments.cli.entry import OPENED
from deployments.cli.terminal import console, plain, say
from tasks.core.progress.events import Event, listening
from tasks.core.progress.lines import line
from tasks.core.progress.pace import Clock, ended

LINE_EVERY_S = 0.1  # on a simulator an iteration takes less time than its line


@contextmanager
def showing(*, quiet: bool) -> Iterator[None]:
    """Show events on standard error until the block ends; where quiet, only what surprises."""
    with listening(_remember):
        yield from _shown(quiet=quiet)


def _remember(event: Event) -> None:
    """Keep the run's id for the last words of a command that is interrupted."""
    if event.name == "run.opened":
        OPENED.append(event.fields["run_id"])


def _shown(*, quiet: bool) -> Iterator[None]:
    if quiet:
        with listening(_warn):
            yield
        return
    screen = console(err=True)
    if not screen.is_terminal:
        with listening(Lines(partial(say, err=True)).hear):
            yield
        return
    with bar_on(screen) as progress, listening(Bar(progress).hear):
        yield


def _warn(event: Event) -> None:
    if event.name in {
        "target.lost",
        "remainder.refused",
        "run.waiting",
        "sweep.turns",
        "simulation.long",
    }:
        say(line(event), err=True)


class Lines:
    """A line for each stage, and for iterations as often as somebody could read one."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._clock = Clock()
        self._written_s = -LINE_EVERY_S

    def hear(self, event: Event) -> None:
        """Write what an event says."""
        if text := line(event):
            self._write(text)
        if event.name == "iteration.completed":
            step, steps = event.fields["iteration"] + 1, event.fields["of"]
            left_s, now_s = self._clock.left(event), time.monotonic()
            if step == steps or now_s - self._written_s >= LINE_EVERY_S:
                self._write(f"iteration {step:>3}/{steps}  {_figures(event, left_s)}")
                self._written_s = now_s
        if event.name == "piece.landed":
            done, points = event.fields["done"], event.fields["points"]
            self._write(f"{done:,}/{points:,} points  {event.fields['left_s']:.0f} s left")
        if event.name == "loop.ended":
            self._write(ended(event))


class Bar:
    """A bar over the iterations, below the stages that are done."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._clock = Clock()
        self._task: TaskID | None = None

    def hear(self, event: Event) -> None:
        """Show what an event says."""
        if text := line(event):
            self._progress.console.print(plain(text), soft_wrap=True)
        if event.name == "iteration.completed":
            self._step(event)
        if event.name == "loop.ended":
            done = event.fields["iterations"]
            self._show("iterations", done, done, ended(event))
        if event.name == "piece.landed":
            self._show("points", event.fields["done"], event.fields["points"], _left(event))

    def _step(self, event: Event) -> None:
        figures = _figures(event, self._clock.left(event))
        self._show("iterations", event.fields["iteration"] + 1, event.fields["of"], figures)

    def _show(self, what: str, done: int, total: int, figures: str) -> None:
        if self._task is None:
            self._task = self._progress.add_task(what, total=total, figures="")
        self._progress.update(self._task, completed=done, total=total, figures=figures)


def _figures(event: Event, left: float | None) -> str:
    fields = event.fields
    tail = "from the journal" if left is None else f"{left:.0f} s left"
    return f"{fields['figure']}  {fields['shots']:,} shots  {tail}"


def _left(event: Event) -> str:
    return f"points  {event.fields['left_s']:.0f} s left"


def bar_on(screen: Console) -> Progress:
    """Return what shows a bar on a terminal."""
    return Progress(
        TextColumn("{task.completed:>3.0f}/{task.total:.0f}", markup=False),
        BarColumn(bar_width=16),
        TextColumn("{task.fields[figures]}", markup=False),
        console=screen,
    )
