"""Choose a run's device, admit it there, and write down everything that was known of it."""

from datetime import UTC, datetime

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.runs import Run
from tasks.lifecycle.admission import admit_run
from tasks.lifecycle.choices import story
from tasks.lifecycle.choosing import check_still_there, choose_target
from tasks.lifecycle.device_rows import calibration_rows, snapshot_row
from tasks.lifecycle.experiment import Experiment, Prepared, Search
from tasks.lifecycle.pieces import search_piece
from tasks.lifecycle.rows import compiled_row, program_row, selection_row
from tasks.lifecycle.runtime import open_runtime


@task(name="choose", cache_policy=NO_CACHE)
def choose(run: Run, *, prepared: Prepared, search: Search) -> Run:
    """Return the run with its target; one that was left open is chosen for the whole search."""
    piece = search_piece(run, prepared=prepared, search=search)
    return choose_target(run, piece, runtime=open_runtime(home()))


@task(name="admit", cache_policy=NO_CACHE)
def admit(run: Run) -> None:
    """Look at the device once more, just before anything is bought.

    Raises:
        DeviceOffline: it takes no work now; nothing was bought.
        DeviceWithheld: no work may go there now; nothing was bought.
    """
    runtime = open_runtime(home())
    for here in run.apart:
        check_still_there(here, runtime=runtime)


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
    run = runtime.journal.run(experiment.run_id).at(target)
    said = admit_run(run, snapshot, runtime=runtime)
    # Every run on this calibration lands the same row, whatever it asked for or had reserved.
    published = runtime.published(run)
    device = snapshot_row(published, target=target, taken_at=datetime.now(UTC))
    why = f"{target} was asked for. {compiled.reason}"
    named = selection_row(
        experiment.run_id,
        target=target,
        score={"estimated_success": compiled.metrics.estimated_success},
        reason=" ".join(filter(None, (why, said))),
    )
    # One that was chosen has its rows already, with every candidate's.
    chosen = [] if story(runtime.pins(experiment.run_id)) else [named]
    # A program is what it does: read from another file, it keeps the name that it has.
    program = (experiment.program.program_id,)
    programs = [] if runtime.lake.holds("programs", program) else [experiment.program]
    native = compiled_row(compiled, snapshot=snapshot)
    runtime.lake.land_all(
        {
            "programs": [(program, [program_row(each)]) for each in programs],
            "compiled_programs": [((compiled.compiled_id,), [native])],
            "device_snapshots": [(calibration, [device])],
            "calibrations": [(calibration, list(calibration_rows(snapshot, target=target)))],
            "selections": [((experiment.run_id, target), [row]) for row in chosen],
        },
        run_id=experiment.run_id,
    )
