"""Write down which device was chosen, and everything that was known of it."""

from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
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
    """Land the program, its compiled form, the device snapshot, and the choice with its reason."""
    compiled, snapshot, target = experiment.compiled, experiment.snapshot, experiment.target
    calibration = (snapshot.calibration_id, target)
    runtime = open_runtime(home())
    # Every run on this calibration lands the same row, whatever it asked for or had reserved.
    published = runtime.published(runtime.journal.run(experiment.run_id).at(target))
    device = snapshot_row(published, target=target, taken_at=datetime.now(UTC))
    chosen = selection_row(
        experiment.run_id,
        target=target,
        score={"estimated_success": compiled.metrics.estimated_success},
        reason=f"{target} was asked for. {compiled.reason}",
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
