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
        return moment.astimezone(UTC)
    except OverflowError as error:
        message = "must be a time that exists in UTC"
        raise ValueError(message) from error


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
Fraction = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Usd = Annotated[Decimal, Field(ge=0, lt=Decimal(10) ** 12, decimal_places=6)]
FractionFigure = Annotated[tuple[Fraction, NotNegative | None], BeforeValidator(_value_and_stderr)]
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
    one_qubit_fidelity: FractionFigure | None = None
    readout_fidelity: FractionFigure | None = None
    p1_given_0: FractionFigure | None = None
    p0_given_1: FractionFigure | None = None
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
    fidelity: FractionFigure


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
