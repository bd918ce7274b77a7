"""The state of a run without an answer: its worker, its quote, and what to do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tasks.core.text.amounts import at_most, counted, usd

if TYPE_CHECKING:
    from datasets.journal.rows import Entry
    from datasets.records.runs import Run
    from tasks.context.runtime import Runtime


def standing(run: "Run", runtime: "Runtime") -> str:
    """Return the state of a run; a running one without a worker is `interrupted`."""
    from datasets.records.runs import RunState

    dead = run.state is RunState.RUNNING and worker(run, runtime) is None
    return "interrupted" if dead else run.state.value


def worker(run: "Run", runtime: "Runtime") -> str | None:
    """Say who works on the run, if anybody does."""
    from tasks.context.run_lock import worker_of

    return worker_of(run.run_id, home=runtime.home)


def quoted(run: "Run", runtime: "Runtime") -> list[dict[str, Any]]:
    """Return what the run was quoted last, an item of a target a row; money as numbers."""
    rows = runtime.lake.rows_of("quotes", run.run_id)
    newest = max((row["quoted_at"] for row in rows), default=None)
    names = ("target", "item", "tasks", "shots", "usd", "at_most_usd")
    return [
        {name: float(row[name]) if "usd" in name else row[name] for name in names}
        for row in rows
        if row["quoted_at"] == newest
    ]


def work_line(entries: Sequence["Entry"], *, iterations: int) -> str:
    """Say what of a run was handed to its target, and how it stands there."""
    states = Counter(entry.state.value for entry in entries)
    shots = sum(entry.execution.shots for entry in entries)
    told = [f"{counted(len(entries), 'execution')} ({', '.join(sorted(states))})"] if states else []
    told += [counted(shots, "shot")] if states else ["no executions"]
    return ", ".join([*told, *([counted(iterations, "iteration")] if iterations else [])])


def unfinished_lines(
    run: "Run", entries: Sequence["Entry"], *, runtime: "Runtime"
) -> Iterator[str]:
    """Yield what is to be known of a run without an answer."""
    yield from _quote_lines(run, entries, runtime=runtime)
    by = worker(run, runtime)
    if by is None:
        yield f"`qrt resume {run.run_id}` goes on with it."
    else:
        since = f"{run.started_at:%Y-%m-%d %H:%M} UTC"
        yield f"{by} works on it; it was begun at {since}"
        yield f"`qrt cancel {run.run_id}` ends it."


def _quote_lines(run: "Run", entries: Sequence["Entry"], *, runtime: "Runtime") -> Iterator[str]:
    items: dict[str, Decimal] = {}
    for row in quoted(run, runtime):
        items[row["item"]] = items.get(row["item"], Decimal(0)) + Decimal(str(row["usd"]))
    if run.quote_usd is not None:
        each = ", ".join(f"{item.replace('_', ' ')} {usd(each)}" for item, each in items.items())
        yield f"quoted at most {at_most(run.quote_usd)} USD{': ' * bool(each)}{each}"
    charged_usd = sum((entry.charged_usd or Decimal(0) for entry in entries), Decimal(0))
    if charged_usd:
        yield f"charged so far {usd(charged_usd)} USD"
