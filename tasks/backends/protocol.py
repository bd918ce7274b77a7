"""What every target can do, and the values that cross that boundary."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Circuit
from datasets.records.executions import Execution, ExecutionState, Failure


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the target ended an execution. `state` is COMPLETED, PARTIAL, FAILED or CANCELLED.

    `calibration_id_end` is None where the target does not say; `charged_usd` is None where nobody
    charges anything; `engine` is what simulated it here, and why that.
    """

    state: ExecutionState
    shots_returned: int
    started_at: datetime
    ended_at: datetime
    calibration_id_end: str | None
    failure: str | None = None
    charged_usd: Decimal | None = None
    engine: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """What one executable of the action returned; nothing where it failed.

    `outcomes`: (n,) uint64 ascending, bit 0 is the first measured qubit; `counts`: (n,) uint32.
    """

    n_qubits: int
    outcomes: NDArray[np.uint64]
    counts: NDArray[np.uint32]
    failure: Failure | None = None

    @property
    def shots(self) -> int:
        """How many shots came back."""
        return int(self.counts.sum())


@dataclass(frozen=True, slots=True)
class Sold:
    """Work that a target has, by what its tags say of it; whose it is, the journal knows."""

    execution_id: str
    run_id: str
    handle: str
    state: str
    created_at: datetime


class Backend(Protocol):
    """A place that runs executions and remembers them by `execution_id`.

    `charges` says whether what is bought here costs money, `lag` how long after a purchase `find`
    may still not know of it, by the target's own clock.
    """

    charges: bool
    lag: timedelta

    def validate(self, circuit: Circuit) -> None:
        """Refuse a circuit that this target could not run, before anything is bought.

        Raises:
            BadInput: it does not fit.
        """

    def find(self, execution: Execution) -> str | None:
        """Return the handle of an execution that the target already has."""

    def submit(self, execution: Execution) -> str:
        """Hand the execution over and return its handle; the same one for the same id."""

    def now(self) -> datetime | None:
        """Return the time at the target; None before it has answered."""

    def look(self, handle: str) -> Outcome | None:
        """Return how the target ended the execution, or None while it goes on; never buys."""

    def wait(self, handle: str, *, between: Callable[[], None]) -> Outcome:
        """Wait until the target has ended the execution, calling `between` after each look."""

    def cancel(self, handle: str) -> None:
        """Ask the target to drop the execution; it may be too late."""

    def sold(self, within: timedelta) -> tuple[Sold, ...]:
        """Return all tasks with this runtime's tags that were bought within that time."""

    def calibration(self) -> str | None:
        """Return the calibration that is in force now; None where the target does not say."""

    def fetch(self, handle: str) -> tuple[Histogram, ...]:
        """Return the counts, one an executable of the action, in its order."""

    def discard(self, handle: str) -> None:
        """Forget the counts: they are in the lake."""
