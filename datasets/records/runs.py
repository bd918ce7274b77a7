"""Runs and iterations as the journal keeps them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from datasets.records.executions import RunId


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Run:
    """One flow run. `parameters` and `result` are canonical JSON.

    `target` names where it runs; where that is more than one place, all of them. `started_at` and
    `ended_at` are by the clocks of the machines that wrote them, `opened_at` is when it began by
    the clock of who sells, where that was known. `streams` says how streams of random numbers come
    from the seed (`tasks.core.streams`). `cost_usd` is what was charged, `what_if_usd` what the
    published prices of the targets make of what nobody charges for.
    """

    run_id: RunId
    flow: str
    tenant: str
    target: str
    seed: int
    parameters: str
    started_at: datetime
    state: RunState = RunState.RUNNING
    ended_at: datetime | None = None
    quote_usd: Decimal | None = None
    cost_usd: Decimal | None = None
    result: str | None = None
    failure: str | None = None
    cancel_requested_at: datetime | None = None
    streams: int = 2
    opened_at: datetime | None = None
    what_if_usd: Decimal | None = None

    @property
    def asked(self) -> Mapping[str, Any]:
        """The flow's own parameters."""
        asked: Mapping[str, Any] = json.loads(self.parameters)
        return asked

    @property
    def apart(self) -> tuple["Run", ...]:
        """The run as it is on each of its targets; one that was left open is that now chosen."""
        asked = self.asked.get("target", self.target)
        return (self,) if isinstance(asked, str) else tuple(map(self.at, asked))

    @property
    def targets(self) -> tuple[str, ...]:
        """Where it runs."""
        return tuple(here.target for here in self.apart)

    def at(self, target: str) -> "Run":
        """Return the run as it is on one of its targets."""
        return replace(self, target=target)


def each(target: str | Sequence[str]) -> tuple[str, ...]:
    """Return the targets of a run that has one or several."""
    return (target,) if isinstance(target, str) else tuple(target)


def named(target: str | Sequence[str]) -> str:
    """Return the name of one target, or of several together."""
    return ", ".join(each(target))


@dataclass(frozen=True, slots=True)
class Iteration:
    """One completed step of a hybrid loop: the points that were asked for, and their energies.

    `points` is (n_points, n_parameters) in radians, where the optimiser stands first; `energies`
    holds (value, stderr) a point.
    """

    run_id: RunId
    iteration: int
    points: tuple[tuple[float, ...], ...]
    energies: tuple[tuple[float, float], ...]
    shots: int
    cost_usd: Decimal
    elapsed_s: float
