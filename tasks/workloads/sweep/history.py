"""Which sweeps came before a run: what they have measured is not measured again.

What was measured on another calibration is, unless the run was told to mix them.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from datasets.records.devices import CalibrationId
from datasets.records.executions import RunId
from datasets.records.runs import Run, RunState
from tasks.context.device_options import mixes_calibrations, options_of, outcomes_of
from tasks.context.pinned_inputs import of_target
from tasks.core.identity import canonical
from tasks.core.sweeps.work import SweepSpec
from tasks.errors import StorageFault
from tasks.requests.of_run import request_as
from tasks.requests.sweep import SweepRequest
from tasks.workloads.sweep.inputs import inputs_of
from tasks.workloads.sweep.missing_points import lacking

if TYPE_CHECKING:
    from tasks.context.runtime import Runtime

MAX_EARLIER = 1000  # runs that are looked through for sweeps of the same experiment


@dataclass(frozen=True, slots=True)
class History:
    """What came before a sweep on its target: `earlier` as specified, `runs` as they are called.

    `set_aside` are runs on other calibrations, which do not count. `calibration` tells the sweep's
    pieces from those on others; it is empty where they are mixed.
    """

    earlier: tuple[SweepSpec, ...]
    runs: tuple[str, ...]
    set_aside: tuple[str, ...]
    calibration: str

    @property
    def mixed(self) -> bool:
        """Whether values of several calibrations are averaged."""
        return not self.calibration


def history(
    spec: SweepSpec, *, run: Run, calibration_id: CalibrationId, runtime: "Runtime"
) -> History:
    """Return the sweeps of the same experiment that had been run to their end when the run began.

    A run that is resumed keeps to them: with others it would have other pieces, and buy those.
    """

    def now() -> str:
        found = _noted(spec, run=run, calibration_id=calibration_id, runtime=runtime)
        return canonical(found).decode()

    entries = runtime.journal.executions(run.run_id)
    here = [entry for entry in entries if entry.execution.target == run.target]
    late = all(entry.abandoned for entry in here)  # the target may have been chosen anew
    kept: Any = json.loads(runtime.pins(run.run_id).text(of_target("earlier", run), now, late=late))
    if isinstance(kept, list):  # from before calibrations were told apart
        kept = {"runs": kept, "set_aside": [], "calibration": ""}
    return _of(kept, runtime=runtime)


NO_HISTORY: Final = History((), (), (), "")


def history_now(
    spec: SweepSpec, *, run: Run, calibration_id: CalibrationId, runtime: "Runtime"
) -> History:
    """Return the history of a run that would begin now; writes nothing."""
    found = _noted(spec, run=run, calibration_id=calibration_id, runtime=runtime)
    return _of(found, runtime=runtime)


def _noted(
    spec: SweepSpec, *, run: Run, calibration_id: CalibrationId, runtime: "Runtime"
) -> dict[str, Any]:
    found = list(_completed(spec, run=run, runtime=runtime))
    mixing = mixes_calibrations(run)
    count = [one for one in found if mixing or measured_on(one, run.target) <= {calibration_id}]
    return {
        "runs": [one.run_id for one in count],
        "set_aside": [one.run_id for one in found if one not in count],
        "calibration": "" if mixing else calibration_id,
    }


def _of(kept: dict[str, Any], *, runtime: "Runtime") -> History:
    from tasks.run.openings import restored  # imports the journal, as no refusal needs

    for other in kept["runs"]:
        restored(other, runtime=runtime)
    journal = runtime.journal
    earlier = tuple(_measured(journal.run(other), runtime=runtime) for other in kept["runs"])
    return History(earlier, tuple(kept["runs"]), tuple(kept["set_aside"]), kept["calibration"])


def measured_on(sweep: Run, target: str) -> set[str]:
    """Return the calibrations behind a completed sweep's values on a target; none elsewhere."""
    result = json.loads(sweep.result or "{}")
    for on in result.get("targets", [result]):  # there was one target before there were several
        if on.get("target") == target:
            return set(on.get("calibrations") or [on["calibration_id"]])
    return set()


def _measured(run: Run, *, runtime: "Runtime") -> SweepSpec:
    """Return a sweep's request, and its missing points."""
    pins = runtime.pins(run.run_id)
    spec = inputs_of(request_as(SweepRequest, run), keep=pins).spec
    lacks = lacking(spec.points, pins=pins)
    return replace(spec, targets=run.targets, lacking=lacks)


def _completed(spec: SweepSpec, *, run: Run, runtime: "Runtime") -> Iterator[Run]:
    for other in runtime.journal.runs(limit=MAX_EARLIER):
        done = other.flow == "sweep" and other.state is RunState.COMPLETED
        if done and other.run_id != run.run_id and measured_on(other, run.target):
            same = _is_alike(other, run) and experiment_of(other, runtime=runtime)
            if same == spec.experiment_id:
                yield other


def unlike(spec: SweepSpec, *, run: Run, runtime: "Runtime") -> tuple[RunId, ...]:
    """Return the sweeps whose outcomes the device has changed otherwise, though they are called so.

    Earlier releases gave them the experiment's name.
    """
    return tuple(
        other.run_id
        for other in runtime.journal.runs(limit=MAX_EARLIER)
        if other.flow == "sweep" and not _is_alike(other, run)
        if experiment_of(other, runtime=runtime) == spec.experiment_id
    )


def _is_alike(other: Run, run: Run) -> bool:
    return outcomes_of(options_of(other)) == outcomes_of(options_of(run))


def experiment_of(run: Run, *, runtime: "Runtime") -> str:
    """Return the experiment of a sweep; None if its inputs are not kept."""
    with suppress(StorageFault):
        return inputs_of(
            request_as(SweepRequest, run), keep=runtime.pins(run.run_id)
        ).spec.experiment_id
    return ""
