"""What reconciliation found, as values, as JSON, and in words."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from datasets.records.executions import RunId
from tasks.backends.protocol import Sold
from tasks.execution.inspection import Found

_WAYS: Final = {
    Found.ADOPTED: "was at the target, and is adopted",
    Found.OPEN: "is not listed by the target yet; look again in some minutes",
    Found.GIVEN_UP: "never reached the target, and is given up",
    Found.ENDED: "has ended, and is settled",
    Found.RUNNING: "is still at the target",
    Found.FORGOTTEN: "is at the target, and the journal has lost it: `qrt resume` lands it",
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """An execution as reconciliation found it."""

    found: str
    execution_id: str
    run_id: str
    target: str
    handle: str | None


@dataclass(frozen=True, slots=True)
class Stray:
    """A task with this runtime's tags that the journal does not own.

    It is of another home, or where `known`, a second one for an execution of this journal.
    """

    task: Sold
    known: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """Where nothing could be learnt, and why; `run_id` is empty for a whole region."""

    run_id: str
    target: str
    reason: str


@dataclass(slots=True)
class Reconciliation:
    """What reconciliation found.

    Everything but what is running, open, forgotten or stray is gone when it is repeated. `busy` are
    runs that somebody works on, which were left alone, `restored` those that the journal had lost,
    `looked` the regions that were looked through.
    """

    sightings: list[Sighting] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    busy: list[RunId] = field(default_factory=list)
    silent: list[Silence] = field(default_factory=list)
    restored: list[RunId] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)

    def of(self, found: Found) -> list[Sighting]:
        """Return what was found in one way."""
        return [sighting for sighting in self.sightings if sighting.found == found]


def plain(reconciliation: Reconciliation) -> dict[str, Any]:
    """Return what was found as plain JSON types."""
    found = {way.value: [asdict(s) for s in reconciliation.of(way)] for way in _WAYS}
    strays = [
        asdict(stray.task) | {"created_at": stray.task.created_at.isoformat(), "known": stray.known}
        for stray in reconciliation.strays
    ]
    return found | {
        "strays": strays,
        "busy": list(reconciliation.busy),
        "silent": [asdict(silence) for silence in reconciliation.silent],
        "restored": list(reconciliation.restored),
        "looked": list(reconciliation.looked),
    }


def sentences(reconciliation: Reconciliation) -> Iterator[str]:
    """Say what was found, a line each."""
    for run_id in reconciliation.restored:
        yield f"run {run_id:.8} was lost from the journal, and is in it again"
    for way, text in _WAYS.items():
        for seen in reconciliation.of(way):
            where = seen.handle or seen.target
            yield f"run {seen.run_id:.8}: execution {seen.execution_id:.12} {text} ({where})"
    for stray in reconciliation.strays:
        task = stray.task
        whose = "a second task for" if stray.known else "of another journal:"
        yield f"stray: {task.handle} ({task.state}) is {whose} execution {task.execution_id:.12}"
    for run_id in reconciliation.busy:
        yield f"run {run_id:.8} is being worked on, and was left alone"
    for silence in reconciliation.silent:
        where = f"run {silence.run_id:.8}" if silence.run_id else silence.target
        yield f"{where}: {silence.reason}"
