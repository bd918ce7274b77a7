"""Device snapshots: everything known of a target at one moment, cleaned and content-addressed."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import NewType

CalibrationId = NewType("CalibrationId", str)


class DeviceKind(StrEnum):
    """A machine, or a program that computes what a perfect machine would return."""

    QPU = "qpu"
    SIMULATOR = "simulator"


class Flag(StrEnum):
    """Why a published figure is not used."""

    SENTINEL = "sentinel"  # the vendor's mark for "not calibrated", such as 0.5 with stderr 1.0
    IMPLAUSIBLE = "implausible"  # outside what the device can be, such as a fidelity of exactly 1
    MISSING = "missing"  # an element of the graph without a figure
    ISOLATED = "isolated"  # a figure for a pair that the connectivity graph does not have


@dataclass(frozen=True, slots=True)
class Figure:
    """A published number and its standard error, where one was published."""

    value: float
    stderr: float | None = None


@dataclass(frozen=True, slots=True)
class Qubit:
    """One qubit's calibration. `p1_given_0` is the probability to read 1 when 0 was prepared."""

    label: int
    one_qubit_fidelity: Figure | None = None
    readout_fidelity: Figure | None = None
    p1_given_0: Figure | None = None
    p0_given_1: Figure | None = None
    t1_s: Figure | None = None
    t2_s: Figure | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One usable coupler, labels ascending, with the average fidelity of its native gate."""

    labels: tuple[int, int]
    gate: str
    fidelity: Figure


@dataclass(frozen=True, slots=True)
class Dropped:
    """A published figure that is kept for the record and used for nothing.

    `element` is `q3` for a qubit, `3-8` for a pair; `value` is None when nothing was published.
    """

    element: str
    metric: str
    value: float | None
    stderr: float | None
    flag: Flag
    reason: str


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of the weekly schedule, UTC; `day` is Monday..Sunday, Weekdays, Weekend or Everyday.

    `end` before `start` means that the window ends on the next day.
    """

    day: str
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Prices:
    """Published prices in USD. A simulator is billed by the minute, at least `minimum_s` a task."""

    usd_per_task: Decimal = Decimal(0)
    usd_per_shot: Decimal = Decimal(0)
    usd_per_minute: Decimal = Decimal(0)
    minimum_s: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may hold; the program-set limits are None where sets are not offered."""

    shots_min: int
    shots_max: int
    program_set_executables: int | None = None
    program_set_shots: int | None = None


@dataclass(frozen=True, slots=True)
class DeviceSnapshot:
    """A device at one moment; immutable, identified by the digest of its content.

    `qubits` are sorted by label, `pairs` by labels. When `fully_connected` every pair of qubits is
    coupled and `pairs` lists them all. `arn` is empty for targets that Braket does not have.
    `native_gates` are Braket's OpenQASM names in lower case.
    """

    calibration_id: CalibrationId
    name: str
    vendor: str
    kind: DeviceKind
    arn: str
    published_at: datetime
    fully_connected: bool
    native_gates: tuple[str, ...]
    qubits: tuple[Qubit, ...]
    pairs: tuple[Pair, ...]
    windows: tuple[Window, ...]
    prices: Prices
    limits: Limits
    dropped: tuple[Dropped, ...]
    source: str

    @property
    def n_qubits(self) -> int:
        """How many qubits can be used."""
        return len(self.qubits)
