"""The shape of a snapshot file, format 1: which fields, which types, which ranges."""

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from datasets.records.devices import DeviceKind, Flag

FORMAT = 1
MAX_USD = 10_000  # of a task, shot or minute; the dearest shot so far was 0.08
LAST_YEAR = 2100  # a date beyond it is none, and sums of it leave the calendar
MAX_LABEL = 1_023  # no gate-model device is near it, and all pairs of 1,024 qubits still fit


def _printable(text: str) -> str:
    if not text.isprintable():
        message = "must be one line of printable text"
        raise ValueError(message)
    return text


def _value_and_stderr(published: object) -> object:
    """Read `0.99` as `[0.99, null]`."""
    if isinstance(published, list):
        return tuple(published)
    return (published, None)


def _in_utc(moment: datetime) -> datetime:
    try:
        found = moment.astimezone(UTC)
    except OverflowError as error:
        message = "must be a time that exists in UTC"
        raise ValueError(message) from error
    if found.year > LAST_YEAR:
        message = f"must be of a year up to {LAST_YEAR}"
        raise ValueError(message)
    return found


def _naive(moment: time) -> time:
    if moment.tzinfo is not None:
        message = "must have no zone: windows are in UTC"
        raise ValueError(message)
    return moment


Line = Annotated[str, StringConstraints(max_length=1_000), AfterValidator(_printable)]
Word = Annotated[Line, StringConstraints(min_length=1, max_length=100)]
GATE_NAME = r"^[a-z][a-z0-9_]{0,39}$"
GateName = Annotated[str, StringConstraints(pattern=GATE_NAME)]
Label = Annotated[int, Field(ge=0, le=MAX_LABEL)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Usd = Annotated[Decimal, Field(ge=0, lt=MAX_USD, decimal_places=6)]
# Below these an operation leaves nothing of its state: a mean fidelity of 1/2 or 1/4 is that of the
# completely depolarising channel, and a readout of 1/2 is a coin.
OneQubitFigure = Annotated[
    tuple[Annotated[float, Field(gt=0.5, le=1)], NotNegative | None],
    BeforeValidator(_value_and_stderr),
]
PairFigure = Annotated[
    tuple[Annotated[float, Field(gt=0.25, le=1)], NotNegative | None],
    BeforeValidator(_value_and_stderr),
]
ReadoutErrorFigure = Annotated[
    tuple[Annotated[float, Field(ge=0, lt=0.5)], NotNegative | None],
    BeforeValidator(_value_and_stderr),
]
TimeFigure = Annotated[tuple[Positive, NotNegative | None], BeforeValidator(_value_and_stderr)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Hour = Annotated[time, AfterValidator(_naive)]
Day = Literal[
    "Everyday", "Weekdays", "Weekend",
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
]  # fmt: skip


class Strict(BaseModel):
    """No unknown field, no coercion, no NaN."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class QubitLine(Strict):
    """One qubit, or a run of neighbouring labels with the same figures (first, last)."""

    label: Label | None = None
    labels: tuple[Label, Label] | None = None
    one_qubit_fidelity: OneQubitFigure | None = None
    readout_fidelity: OneQubitFigure | None = None
    p1_given_0: ReadoutErrorFigure | None = None
    p0_given_1: ReadoutErrorFigure | None = None
    t1_s: TimeFigure | None = None
    t2_s: TimeFigure | None = None

    @model_validator(mode="after")
    def _one_of_label_and_labels(self) -> "QubitLine":
        if (self.label is None) == (self.labels is None):
            message = "needs either label or labels"
            raise ValueError(message)
        return self


class PairLine(Strict):
    """One coupler, or all pairs of qubits with the same figure."""

    labels: tuple[Label, Label] | Literal["all"]
    gate: GateName
    fidelity: PairFigure


class DroppedLine(Strict):
    """One published figure that is not used."""

    element: Word
    metric: Word
    value: float | None = None
    stderr: float | None = None
    flag: Annotated[Flag, Field(strict=False)]
    reason: Line


class WindowLine(Strict):
    """One piece of the weekly schedule."""

    day: Day
    start: Hour
    end: Hour


class PricesLine(Strict):
    """Prices in USD, written as strings."""

    usd_per_task: Usd = Decimal(0)
    usd_per_shot: Usd = Decimal(0)
    usd_per_minute: Usd = Decimal(0)
    minimum_s: Annotated[int, Field(ge=0)] = 0


class LimitsLine(Strict):
    """Shots a task, and program-set limits where sets are offered."""

    shots_min: Annotated[int, Field(ge=0)]
    shots_max: Annotated[int, Field(ge=1)]
    program_set_executables: Annotated[int, Field(ge=1)] | None = None
    program_set_shots: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _ascending(self) -> "LimitsLine":
        if self.shots_min > self.shots_max:
            message = "shots_min is above shots_max"
            raise ValueError(message)
        return self


class SnapshotDocument(Strict):
    """The whole file."""

    format: Literal[1]
    calibration_id: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] | None = None
    name: Word
    vendor: Word
    kind: Annotated[DeviceKind, Field(strict=False)]
    arn: Line
    published_at: Moment
    source: Line
    fully_connected: bool
    native_gates: tuple[GateName, ...]
    prices: PricesLine
    limits: LimitsLine
    windows: tuple[WindowLine, ...]
    qubits: tuple[QubitLine, ...]
    pairs: tuple[PairLine, ...]
    dropped: tuple[DroppedLine, ...]
