"""Rows of the journal as the values that they stand for, and back."""

import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal

import sqlalchemy as sa

from datasets.records.compiled import CompiledId
from datasets.records.devices import CalibrationId
from datasets.records.executions import (
    Executable,
    Execution,
    ExecutionId,
    ExecutionState,
    Purpose,
    RunId,
)
from datasets.records.runs import Iteration, Run, RunState
from datasets.records.spend import Spend, SpendKind


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal knows of an execution beside the execution itself.

    `chunk` is what it lands in, or has landed in, once that is decided.
    """

    execution: Execution
    state: ExecutionState
    handle: str | None
    shots_returned: int | None
    calibration_id_submitted: str | None
    calibration_id_end: str | None
    created_at: datetime
    submitted_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    failure: str | None
    charged_usd: Decimal | None
    engine: str | None = None
    chunk: str | None = None

    @property
    def usd(self) -> Decimal:
        """What it cost: as charged, or as planned while that is not known."""
        return self.execution.cost_usd if self.charged_usd is None else self.charged_usd

    @property
    def what_if_usd(self) -> Decimal:
        """What an ended one would cost, if nobody charges for it."""
        return self.execution.cost_usd if self.charged_usd is None else Decimal(0)

    @property
    def measured_on(self) -> str:
        """The calibration that its counts belong to, as far as the target has told.

        If what it was compiled for was in force at its end, no other one has been.
        """
        return self.calibration_id_end or self.execution.calibration_id

    @property
    def straddles(self) -> bool:
        """Whether the device was calibrated anew between its submission and its end."""
        began = self.calibration_id_submitted or self.execution.calibration_id
        return self.calibration_id_end not in {None, began}

    @property
    def abandoned(self) -> bool:
        """Whether it was given up before the target had it."""
        return self.state is ExecutionState.CANCELLED and self.handle is None


def run_row(run: Run) -> dict[str, object]:
    """Return the columns of a run."""
    return {field.name: getattr(run, field.name) for field in fields(run)}


def to_run(row: sa.Row[tuple[object, ...]]) -> Run:
    """Read a run back."""
    values = row._asdict()
    del values["number"]
    return Run(**values | {"run_id": RunId(values["run_id"]), "state": RunState(values["state"])})


def execution_row(execution: Execution) -> dict[str, object]:
    """Return the columns of an execution that is about to be submitted."""
    layout = [[e.point, e.basis, e.variant, e.copies] for e in execution.executables]
    plain = {
        field.name: getattr(execution, field.name)
        for field in fields(execution)
        if field.name != "executables"
    }
    written = {"state": ExecutionState.INTENT, "created_at": datetime.now(UTC)}
    return plain | written | {"executables": json.dumps(layout)}


def to_entry(row: sa.Row[tuple[object, ...]]) -> Entry:
    """Read an execution back, with what is known of it."""
    values = row._asdict()
    execution = Execution(
        execution_id=ExecutionId(values["execution_id"]),
        run_id=RunId(values["run_id"]),
        target=values["target"],
        compiled_id=CompiledId(values["compiled_id"]),
        calibration_id=CalibrationId(values["calibration_id"]),
        action=bytes(values["action"]),
        shots=values["shots"],
        seed=values["seed"],
        executables=tuple(Executable(*item) for item in json.loads(values["executables"])),
        purpose=Purpose(values["purpose"]),
        iteration=values["iteration"],
        cost_usd=values["cost_usd"],
        parent_id=values["parent_id"],
        options=values["options"],
    )
    beside = {f.name: values[f.name] for f in fields(Entry) if f.name not in {"execution", "state"}}
    return Entry(execution=execution, state=ExecutionState(values["state"]), **beside)


def to_spend(row: sa.Row[tuple[object, ...]]) -> Spend:
    """Read an entry of the ledger back."""
    values = row._asdict()
    del values["batch"]
    return Spend(**values | {"kind": SpendKind(values["kind"])})


def iteration_row(iteration: Iteration) -> dict[str, object]:
    """Return the columns of an iteration."""
    plain = {field.name: getattr(iteration, field.name) for field in fields(iteration)}
    packed = {"points": json.dumps(iteration.points), "energies": json.dumps(iteration.energies)}
    return plain | packed


def to_iteration(row: sa.Row[tuple[object, ...]]) -> Iteration:
    """Read an iteration back."""
    values = row._asdict()
    return Iteration(
        run_id=RunId(values["run_id"]),
        iteration=values["iteration"],
        points=tuple(tuple(point) for point in json.loads(values["points"])),
        energies=tuple((value, stderr) for value, stderr in json.loads(values["energies"])),
        shots=values["shots"],
        cost_usd=values["cost_usd"],
        elapsed_s=values["elapsed_s"],
    )
