"""Executions and what comes back: the values that cost money, and the numbers made of them."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NewType

import numpy as np
from numpy.typing import NDArray

from datasets.records.compiled import CompiledId
from datasets.records.devices import CalibrationId

RunId = NewType("RunId", str)
ExecutionId = NewType("ExecutionId", str)


class Purpose(StrEnum):
    """Why an execution is bought."""

    READOUT = "readout"  # prepare all zeros and all ones, to learn how they are misread
    ITERATION = "iteration"  # one step of the optimiser
    ESTIMATE = "estimate"  # the final estimate, with every mitigation that was asked for
    CANARY = "canary"  # a circuit whose outcome is known


class ExecutionState(StrEnum):
    """Where an execution stands; each state follows from the ones before it.

    One way leads back: an intent that was given up (cancelled without a handle) may be meant again.
    """

    INTENT = "intent"  # written down, not yet known to the target
    SUBMITTED = "submitted"  # the target has it; there is a handle
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LANDED = "landed"  # its counts are in the lake
    SETTLED = "settled"  # what it cost is in the books


@dataclass(frozen=True, slots=True)
class Executable:
    """One circuit as it runs: which point, basis and variant it is, and how often it is repeated.

    `variant` is `raw`, `zne:3` (noise scaled by 3) or `readout:0` (all qubits prepared in 0).
    `copies` executables of the action stand for this one; their counts are added up.
    """

    point: int
    basis: str
    variant: str
    copies: int


@dataclass(frozen=True, slots=True)
class Execution:
    """One paid unit of work: the exact bytes that the target gets, and what they stand for.

    `shots` is the total over all executables and copies, as on Braket's wire. `seed` drives the
    sampling of simulated targets; real ones have their own dice. `iteration` is -1 outside loops.
    `parent_id` is the execution of which this buys what did not come back. `options` is what the
    device is asked for beside the action (DeviceOptions), as canonical JSON, or nothing.
    """

    execution_id: ExecutionId
    run_id: RunId
    target: str
    compiled_id: CompiledId
    calibration_id: CalibrationId
    action: bytes
    shots: int
    seed: int
    executables: tuple[Executable, ...]
    purpose: Purpose
    iteration: int
    cost_usd: Decimal
    parent_id: ExecutionId | None = None
    options: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one executable returned nothing, and whether the target thinks that it may later."""

    reason: str
    retryable: bool


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How often each outcome of one executable was seen.

    `outcomes`: (n,) uint64 ascending, bit 0 (least significant) is the first measured qubit, the
    leftmost in a bit string; `counts`: (n,) uint32. `failure` is of one of its copies.
    """

    executable: Executable
    n_qubits: int
    outcomes: NDArray[np.uint64]
    counts: NDArray[np.uint32]
    failure: Failure | None = None

    @property
    def shots(self) -> int:
        """How many shots came back."""
        return int(self.counts.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """An execution with its counts, one a (logical) executable, in their order."""

    execution: Execution
    counts: tuple[Counts, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """An expectation value with its standard error, beside the raw one it was made from.

    `method` names the mitigation, `none`, `readout`, `zne` or `readout,zne`; `overhead` is the
    variance of `value` over that of `raw_value` at equal total shots. `bound` is the norm of the
    observable as its coefficients give it: no state has a larger value, though mitigation may.
    """

    observable: str
    method: str
    value: float
    stderr: float
    raw_value: float
    raw_stderr: float
    shots: int
    overhead: float
    bound: float
