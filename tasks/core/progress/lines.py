"""What a run says of itself: a line for each stage, on a terminal and in the Prefect UI."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from tasks.core.money.quotes import Quote
from tasks.core.progress.events import Event
from tasks.core.text.amounts import at_most, counted, usd

HOPELESS: Final = 0.01  # of a hundred shots not one is right


def line(event: Event) -> str | None:
    """Return what an event says to people; None where it says nothing."""
    describe = _LINES.get(event.name)
    return describe(event.fields) if describe else None


def quote_line(quote: Quote) -> str:
    """Return what a run buys, with what packing saves where it saves anything."""
    tasks, shots = counted(quote.tasks, "task"), counted(quote.shots, "shot")
    bought = f"quoted: {tasks}, {shots}, at most {at_most(quote.most_usd)} USD"
    if not quote.usd:
        return bought
    text = f"{bought} on the real device, {usd(quote.fee_usd)} of it task fees"
    if quote.spare_usd:
        text = f"{text} and {at_most(quote.spare_usd)} for what does not come back"
    if quote.unpacked_tasks <= quote.tasks:
        return text
    apart = counted(quote.unpacked_tasks, "task")
    return (
        f"{text}; unpacked {apart}, {at_most(quote.unpacked_usd)} USD, "
        f"{usd(quote.unpacked_fee_usd)} of it task fees"
    )


def compiled_line(two_qubit_gates: int, fidelity: float | None) -> str:
    """Say what a program was compiled into, and where nothing can be expected of it."""
    text = f"compiled: {counted(two_qubit_gates, 'two-qubit gate')}"
    return text if fidelity is None or fidelity >= HOPELESS else f"{text}; {hopeless(fidelity)}"


def hopeless(fidelity: float) -> str:
    """Say that noise leaves nothing of a result."""
    return (
        f"the predicted fidelity is {fidelity:.1g}: expect noise and no result. Choose a smaller "
        "problem, fewer layers or a better device"
    )


def lost_line(target: str, why: str) -> str:
    """Say that the device of a run was lost, and what happens now."""
    return f"{target} is lost before anything was bought: {why}. Choosing another device."


def refused_line(asked_usd: Decimal, most_usd: Decimal, instead_usd: Decimal) -> str:
    """Say that what did not come back would cost more than was quoted."""
    instead = f"only circuits without counts are, for {usd(instead_usd)}" if instead_usd else ""
    return (
        f"what did not come back of a task is not bought again: it costs {usd(asked_usd)} USD, and "
        f"{usd(max(most_usd, Decimal(0)))} of the quote are left{'; ' * bool(instead)}{instead}."
    )


_LINES: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "run.starting": lambda f: f"starting: {f['title']} on {f['target']}",
    "server.starting": lambda _: "starting a Prefect server for this run; `qrt up` keeps one",
    "run.opened": lambda f: f"run {f['run_id']}",
    "target.chosen": lambda f: f"device: {f['reason']}",
    "target.lost": lambda f: lost_line(f["target"], f["why"]),
    "program.compiled": lambda f: compiled_line(f["two_qubit_gates"], f.get("fidelity")),
    "batch.compiled": lambda f: (
        f"compiled: {counted(f['circuits'], 'circuit')}"
        + (f"; {f['refused']:,} cannot run there" if f["refused"] else "")
    ),
    "batch.planned": lambda f: (
        f"planned: {counted(f['circuits'], 'circuit')} in {counted(f['tasks'], 'task')}"
    ),
    "run.quoted": lambda f: quote_line(f["quote"]),
    "remainder.refused": lambda f: refused_line(f["usd"], f["most_usd"], f["instead_usd"]),
    "run.waiting": lambda f: (
        f"waiting for {f['holder']}, which buys the same on {f['target']}: what it measures is not "
        "bought again"
    ),
    "sweep.set_aside": lambda f: (
        f"{counted(f['runs'], 'earlier sweep')} on another calibration "
        f"{'does' if f['runs'] == 1 else 'do'} not count; --mix-calibrations adds to them"
    ),
    "sweep.turns": lambda f: f["told"],
    "simulation.long": lambda f: f["told"],
    "sweep.divided": lambda f: (
        f"{f['points']:,} of {counted(f['of'], 'point')} to be measured, in "
        f"{counted(f['chunks'], 'chunk')}"
    ),
    "estimate.planned": lambda f: f"final estimate: {counted(f['shots'], 'shot')}",
    "report.written": lambda f: f"report: {f['path']}",
}
