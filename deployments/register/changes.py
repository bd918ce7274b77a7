"""What registering something came to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one thing on the server."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was registered; `kind` is in the singular."""

    kind: str
    name: str
    outcome: Outcome


def made(kind: str, name: str, *, there: bool, equal: bool) -> Change:
    """Return what registering `name` came to, from what was there before."""
    if not there:
        return Change(kind, name, Outcome.NEW)
    return Change(kind, name, Outcome.SAME if equal else Outcome.CHANGED)


def sentence(changes: Iterable[Change]) -> str:
    """Return one line that says what is new and what has changed."""
    every = list(changes)
    kinds = Counter(change.kind for change in every)
    held = ", ".join(f"{count} {kind}{'s' * (count != 1)}" for kind, count in kinds.items())
    moved = [c for c in every if c.outcome is not Outcome.SAME]
    if not moved:
        return f"{held}: nothing changes"
    outcomes = Counter(str(change.outcome) for change in moved)
    return f"{held}: " + ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
