"""What every target can do, and the values that cross that boundary."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Circuit
from datasets.records.executions import Execution, ExecutionState


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the target ended an execution. `state` is COMPLETED, PARTIAL, FAILED or CANCELLED."""

    state: ExecutionState
    shots_returned: int
    started_at: datetime
    ended_at: datetime
    calibration_id_end: str
    failure: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """What one executable of the action returned.

    `outcomes`: (n,) uint64 ascending, bit 0 is the first measured qubit; `counts`: (n,) uint32.
    """

    n_qubits: int
    outcomes: NDArray[np.uint64]
    counts: NDArray[np.uint32]


class Backend(Protocol):
    """A place that runs executions and remembers them by `execution_id`."""

    def validate(self, circuit: Circuit) -> None:
        """Refuse a circuit that this target could not run, before anything is bought.

        Raises:
            BadInput: it does not fit.
        """

    def find(self, execution: Execution) -> str | None:
        """Return the handle of an execution that the target already has."""

    def submit(self, execution: Execution) -> str:
        """Hand the execution over and return its handle; the same one for the same id."""

    def wait(self, handle: str) -> Outcome:
        """Wait until the target has ended the execution."""

    def fetch(self, handle: str) -> tuple[Histogram, ...]:
        """Return the counts, one an executable of the action, in its order."""

    def discard(self, handle: str) -> None:
        """Forget the counts: they are in the lake."""
