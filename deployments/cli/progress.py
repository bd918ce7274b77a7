"""Show how a run goes: live on a terminal, plain lines elsewhere, nothing for scripts."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from deployments.cli.summary import at_most
from tasks.core.events import Event, listening
from tasks.core.quotes import Quote

LINE_EVERY_S = 0.1  # on a simulator an iteration takes less time than its line
STAGES = {
    "run.starting": lambda f: f"starting: {f['title']} on {f['target']}",
    "run.opened": lambda f: f"run {f['run_id']}",
    "target.chosen": lambda f: f"device: {f['reason']}",
    "target.lost": lambda f: lost_line(f["target"], f["why"]),
    "program.compiled": lambda f: f"compiled: {f['two_qubit_gates']} two-qubit gates",
    "run.quoted": lambda f: quote_line(f["quote"]),
    "remainder.refused": lambda f: refused_line(f["usd"], f["most_usd"], f["instead_usd"]),
    "sweep.set_aside": lambda f: (
        f"{f['runs']} earlier sweeps are on another calibration and do not count; "
        "--mix-calibrations adds to them"
    ),
    "sweep.divided": lambda f: (
        f"{f['points']:,} of {f['of']:,} points to be measured, in {f['chunks']} chunks"
    ),
    "estimate.planned": lambda f: f"final estimate: {f['shots']:,} shots",
    "report.written": lambda f: f"report: {f['path']}",
}


@contextmanager
def showing(*, quiet: bool) -> Iterator[None]:
    """Show events on standard error until the block ends; where quiet, only a device's loss."""
    if quiet:
        with listening(_warn):
            yield
        return
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        with listening(_Lines(partial(console.print, soft_wrap=True)).hear):
            yield
        return
    with _bar(console) as progress, listening(_Bar(progress).hear):
        yield


def lost_line(target: str, why: str) -> str:
    """Say that the device of a run was lost, and what happens now."""
    return f"{target} is lost before anything was bought: {why}. Choosing another device."


def refused_line(usd: Decimal, most_usd: Decimal, instead_usd: Decimal) -> str:
    """Say that what did not come back would cost more than was quoted."""
    instead = f"only circuits without counts are, for {instead_usd:.2f}" if instead_usd else ""
    return (
        f"what did not come back of a task is not bought again: it costs {usd:.2f} USD, and "
        f"{max(most_usd, Decimal(0)):.2f} of the quote are left{'; ' * bool(instead)}{instead}."
    )


def _warn(event: Event) -> None:
    if event.name in {"target.lost", "remainder.refused"}:
        sys.stderr.write(f"{STAGES[event.name](event.fields)}\n")


class _Lines:
    """A line for each stage, and for iterations as often as somebody could read one."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._clock = _Clock()
        self._written_s = -LINE_EVERY_S

    def hear(self, event: Event) -> None:
        if text := _stage(event):
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


def quote_line(quote: Quote) -> str:
    """Return what a run buys, with what packing saves where it saves anything."""
    tasks = f"{quote.tasks:,} task{'s' * (quote.tasks != 1)}"
    bought = f"quoted: {tasks}, {quote.shots:,} shots, at most {at_most(quote.most_usd)} USD"
    if not quote.usd:
        return bought
    text = f"{bought} on the real device, {quote.fee_usd:.2f} of it task fees"
    if quote.spare_usd:
        text = f"{text} and {at_most(quote.spare_usd)} for what does not come back"
    if quote.unpacked_tasks <= quote.tasks:
        return text
    return (
        f"{text}; unpacked {quote.unpacked_tasks:,} tasks, {at_most(quote.unpacked_usd)} USD, "
        f"{quote.unpacked_fee_usd:.2f} of it task fees"
    )


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
