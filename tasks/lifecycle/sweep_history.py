"""Which sweeps came before a run: what they have measured is not measured again.

What was measured on another calibration is, unless the run was told to mix them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from datasets.devices.text_file import read_text, write_text
from datasets.records.devices import CalibrationId
from datasets.records.runs import Run, RunState
from tasks.core.identity import canonical
from tasks.core.sweeps.work import SweepSpec
from tasks.lifecycle.options import mixes_calibrations
from tasks.lifecycle.runtime import Runtime
from tasks.lifecycle.sweep_inputs import folder_of, inputs_of

MAX_EARLIER = 1000  # runs that are looked through for sweeps of the same experiment


@dataclass(frozen=True, slots=True)
class History:
    """What came before a sweep: `earlier` as specified, `runs` as they are called.

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
    spec: SweepSpec, *, run: Run, calibration_id: CalibrationId, runtime: Runtime
) -> History:
    """Return the sweeps of the same experiment that had been run to their end when the run began.

    A run that is resumed keeps to them: with others it would have other pieces, and buy those.
    """
    path = folder_of(run, home=runtime.home) / "earlier.json"
    if not path.exists():
        found = list(_completed(spec, run=run, runtime=runtime))
        mixing = mixes_calibrations(run)
        count = [one for one in found if mixing or measured_on(one) == {calibration_id}]
        noted = {
            "runs": [one.run_id for one in count],
            "set_aside": [one.run_id for one in found if one not in count],
            "calibration": "" if mixing else calibration_id,
        }
        write_text(path, canonical(noted).decode(), replace=False)
    kept: Any = json.loads(read_text(path))
    if isinstance(kept, list):  # from before calibrations were told apart
        kept = {"runs": kept, "set_aside": [], "calibration": ""}
    earlier = tuple(
        inputs_of(other.asked, folder=folder_of(other, home=runtime.home)).spec
        for other in map(runtime.journal.run, kept["runs"])
    )
    return History(earlier, tuple(kept["runs"]), tuple(kept["set_aside"]), kept["calibration"])


def measured_on(sweep: Run) -> set[str]:
    """Return the calibrations behind a completed sweep's values."""
    result = json.loads(sweep.result or "{}")
    return set(result.get("calibrations") or [result.get("calibration_id", "")])


def _completed(spec: SweepSpec, *, run: Run, runtime: Runtime) -> Iterator[Run]:
    for other in runtime.journal.runs(limit=MAX_EARLIER):
        done = other.flow == "sweep" and other.state is RunState.COMPLETED
        if done and other.run_id != run.run_id and other.target == run.target:
            inputs = inputs_of(other.asked, folder=folder_of(other, home=runtime.home))
            if inputs.spec.experiment_id == spec.experiment_id:
                yield other
