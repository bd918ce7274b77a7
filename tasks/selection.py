"""Admit a run to its device, and write down everything that was known of it."""

from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from tasks.lifecycle.admission import admit_run
from tasks.lifecycle.experiment import Experiment
from tasks.lifecycle.rows import (
    calibration_rows,
    compiled_row,
    program_row,
    selection_row,
    snapshot_row,
)
from tasks.lifecycle.runtime import open_runtime


@task(name="select", cache_policy=NO_CACHE)
def select(experiment: Experiment) -> None:
    """Land the program, its compiled form, the device snapshot, and the choice with its reason.

    Raises:
        DeviceWithheld: no work may go to the device now.
        CalibrationStale: its calibration is older than the run accepts.
    """
    compiled, snapshot, target = experiment.compiled, experiment.snapshot, experiment.target
    calibration = (snapshot.calibration_id, target)
    runtime = open_runtime(home())
    said = admit_run(experiment.run_id, snapshot, target=target, runtime=runtime)
    # Every run on this calibration lands the same row, whatever it asked for or had reserved.
    published = runtime.published(runtime.journal.run(experiment.run_id).at(target))
    device = snapshot_row(published, target=target, taken_at=datetime.now(UTC))
    chosen = selection_row(
        experiment.run_id,
        target=target,
        score={"estimated_success": compiled.metrics.estimated_success},
        reason=" ".join(filter(None, (f"{target} was asked for. {compiled.reason}", said))),
    )
    program = program_row(experiment.program)
    native = compiled_row(compiled, snapshot=snapshot)
    runtime.lake.land_all(
        {
            "programs": [((experiment.program.program_id,), [program])],
            "compiled_programs": [((compiled.compiled_id,), [native])],
            "device_snapshots": [(calibration, [device])],
            "calibrations": [(calibration, list(calibration_rows(snapshot, target=target)))],
            "selections": [((experiment.run_id, target), [chosen])],
        },
        run_id=experiment.run_id,
    )
