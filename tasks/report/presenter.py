"""A flow's part in what is shown of a run that has ended, and what it is made of."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final, TypeAlias

from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.context.runtime import Runtime
from tasks.core.money.charges import told_money
from tasks.core.text.amounts import counted
from tasks.report.drawing.page import About
from tasks.run.answering import result_of
from tasks.run.repeat_command import repeat_command

Plots: TypeAlias = Sequence[tuple[str, str]]  # names with SVG texts
_TOLD: Final = ("quantum-runtime", "amazon-braket-sdk", "prefect", "qiskit", "numpy")
MAX_ROWS: Final = 200  # of a table


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has an answer, and the places that it worked with."""

    run: Run
    result: Mapping[str, Any]
    runtime: Runtime

    @classmethod
    def of(cls, run_id: RunId, *, runtime: Runtime) -> "Ended":
        """Return a run with its answer.

        Raises:
            BadInput: it has none.
        """
        run = runtime.journal.run(run_id)
        return cls(run, result_of(run, home=runtime.home), runtime)


def _nothing(ended: Ended) -> Plots:
    del ended
    return ()


def _no_rows(ended: Ended) -> list[dict[str, Any]]:
    del ended
    return []


@dataclass(frozen=True, slots=True)
class Shown:
    """What a flow shows of its own; whatever it leaves out, it has none of.

    `head` begins the page in the Prefect UI, as Markdown, and `sql` is a query to be copied from
    it; `plots` are what was measured, for the page and the report, and `pictures` what the page
    alone has; `rows` are a table, of which `about` says what so many rows are; `html` makes the
    report of the plots and the device's map.
    """

    head: Callable[[Ended], Iterable[str]]
    sql: Callable[[Ended], str]
    plots: Callable[[Ended], Plots] = _nothing
    pictures: Callable[[Ended], Iterable[tuple[str, str]]] = _nothing
    rows: Callable[[Ended], list[dict[str, Any]]] = _no_rows
    about: Callable[[int], str] = "{:,} rows".format
    html: Callable[[Ended, Plots, str], str] | None = None


def charged(result: Mapping[str, Any]) -> str:
    """Say what a run took."""
    return f"{counted(result['shots'], 'shot')}, {told_money(result)}, at published prices."


def about_run(run: Run) -> About:
    """Return what each page says of its run."""
    ended = "now" if run.ended_at is None else f"{run.ended_at:%Y-%m-%d %H:%M} UTC"
    found = (f"{name} {version(name)}" for name in _TOLD)
    return About(
        f"{run.started_at:%Y-%m-%d %H:%M} UTC", ended, ", ".join(found), repeat_command(run)
    )
