"""Readout calibration of a run's qubits: learnt by the run, or by a canary on this calibration."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from datasets.lake.views import query
from datasets.records.devices import CalibrationId
from datasets.records.executions import Counts, ExecutionId, Purpose
from datasets.records.runs import Run
from tasks.backends.targets import is_bought
from tasks.context.pinned_inputs import pinned_readout
from tasks.core.mitigation.readout import Confusion, share_of_ones, stderr
from tasks.program.experiment import Experiment
from tasks.requests.of_run import request_of
from tasks.rows.rows import Row

if TYPE_CHECKING:
    from datasets.journal.rows import Entry
    from tasks.context.runtime import Runtime

MAX_AGE_H: Final = 1.0
"""Default age limit of a canary's readout calibration on a device that is not emulated."""

_NEWEST: Final = """
    SELECT r.element, r.execution_id, r.p1_given_0, r.p0_given_1, r.shots, r.measured_at
    FROM readouts r JOIN executions x ON x.execution_id = r.execution_id AND x.run_id = r.run_id
    WHERE x.purpose = 'canary' AND r.target = '{target}' AND r.calibration_id = '{calibration_id}'
    QUALIFY row_number() OVER (
        PARTITION BY r.element ORDER BY r.measured_at DESC, r.execution_id) = 1"""


@dataclass(frozen=True, slots=True)
class Misread:
    """How one qubit was misread: each share was learnt from `shots`."""

    element: str
    execution_id: ExecutionId
    p1_given_0: float
    p0_given_1: float
    shots: int
    measured_at: datetime


def chosen(experiment: Experiment, *, shots: int, runtime: "Runtime") -> tuple[Misread, ...]:
    """Return what a canary has learnt of the measured qubits, in their order; else nothing.

    It counts if it was measured under the run's calibration, with at least as many shots and, but
    for emulated devices, which stay as they are, not long before the run began. A run decides once.
    """
    run = runtime.journal.run(experiment.run_id).at(experiment.target)
    text = pinned_readout(
        run,
        lambda: _written(usable(experiment, run=run, shots=shots, runtime=runtime)),
        pins=runtime.pins(run.run_id),
    )
    return tuple(
        Misread(**one | {"measured_at": datetime.fromisoformat(one["measured_at"])})
        for one in json.loads(text)
    )


def confusion_of(learnt: Sequence[Misread]) -> Confusion:
    """Return the confusion of qubits, in their order."""
    return Confusion(
        np.array([one.p1_given_0 for one in learnt]),
        np.array([one.p0_given_1 for one in learnt]),
        min(one.shots for one in learnt),
    )


def learnt(
    zeros: Counts, ones: Counts, *, labels: Sequence[int], entry: "Entry"
) -> Iterator[Misread]:
    """Yield what counts of all qubits prepared in 0 and in 1 say of each; `entry` brought them."""
    shots = min(zeros.shots, ones.shots)
    figures = zip(labels, share_of_ones(zeros), 1.0 - share_of_ones(ones), strict=True)
    for label, p1_given_0, p0_given_1 in figures:
        yield Misread(
            element=f"q{label}",
            execution_id=entry.execution.execution_id,
            p1_given_0=float(p1_given_0),
            p0_given_1=float(min(max(p0_given_1, 0.0), 1.0)),
            shots=shots,
            measured_at=entry.ended_at or entry.created_at,
        )


def readout_rows(found: Sequence[Misread], *, run: Run, calibration_id: CalibrationId) -> list[Row]:
    """Return the rows of what a run has learnt, or has used of what another one learnt."""
    same = {"run_id": run.run_id, "target": run.target, "calibration_id": calibration_id}
    return [
        same
        | asdict(one)
        | {
            "p1_given_0_stderr": stderr(one.p1_given_0, shots=one.shots),
            "p0_given_1_stderr": stderr(one.p0_given_1, shots=one.shots),
        }
        for one in found
    ]


def usable(
    experiment: Experiment, *, run: Run, shots: int, runtime: "Runtime"
) -> tuple[Misread, ...]:
    """Return what a run could use of what canaries have learnt; nothing is decided by asking."""
    limit_h = request_of(run).max_readout_age_h
    if not limit_h or any(
        _of_readout(entry, run) for entry in runtime.journal.executions(run.run_id)
    ):
        return ()
    # By the clock of the device, which said when it was done with the canary.
    began = run.opened_at or run.started_at
    since = began - timedelta(hours=limit_h) if is_bought(run.target) else None
    found = {one.element: one for one in _newest(experiment, runtime=runtime)}
    wanted = [found.get(f"q{label}") for label in experiment.compiled.measured_qubits]
    good = [
        one
        for one in wanted
        if one and one.shots >= shots and (since is None or one.measured_at >= since)
    ]
    return tuple(good) if len(good) == len(wanted) else ()


def _of_readout(entry: "Entry", run: Run) -> bool:
    """Whether the run has begun to learn it itself."""
    execution = entry.execution
    return execution.purpose is Purpose.READOUT and execution.target == run.target


def _newest(experiment: Experiment, *, runtime: "Runtime") -> Iterator[Misread]:
    sql = _NEWEST.format(
        target=experiment.target.replace("'", "''"),
        calibration_id=experiment.snapshot.calibration_id,
    )
    for row in query(runtime.home.lake, sql).rows:
        one = Misread(*row)
        yield replace(one, measured_at=one.measured_at.astimezone(UTC))


def _written(found: Sequence[Misread]) -> str:
    plain = [asdict(one) | {"measured_at": one.measured_at.isoformat()} for one in found]
    return json.dumps(plain, indent=1) + "\n"
