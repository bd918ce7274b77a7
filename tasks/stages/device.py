"""A run's device: the program compiled for it, its record, its admission, its readout."""

from datetime import UTC, datetime

from datasets.records.problems import Program
from datasets.records.runs import Run
from tasks.context.device_options import options_of, written
from tasks.context.runtime import Runtime
from tasks.core.compilation.checks import check_native
from tasks.core.mitigation.composition import Mitigation, Technique
from tasks.core.mitigation.readout import Confusion
from tasks.core.physics.grouping import Group
from tasks.core.progress.events import emit
from tasks.core.streams import stream_seed
from tasks.devices.standing import admit_run
from tasks.program.experiment import Experiment
from tasks.program.pinned_compiled import compiled_for
from tasks.program.readout_learning import learn
from tasks.rows.devices import calibration_rows, snapshot_row
from tasks.rows.rows import compiled_row, program_row, selection_row
from tasks.selection.run_target import check_still_there
from tasks.selection.selection_log import story
from tasks.stages.stage import stage


@stage("compile")
def compile_for_target(
    runtime: Runtime, run: Run, *, program: Program, groups: tuple[Group, ...]
) -> Experiment:
    """Compile for the target's calibration, and check the outcome before anything runs it."""
    snapshot, backend = runtime.snapshot(run), runtime.backend(run)
    backend.validate(program.circuit)
    bases = [group.basis for group in groups]
    compiled = compiled_for(run, program, snapshot=snapshot, bases=bases, runtime=runtime)
    for measured in compiled.measured:
        backend.validate(measured.circuit)
        check_native(measured.circuit, snapshot=snapshot)
    emit(
        "program.compiled",
        reason=compiled.reason,
        two_qubit_gates=compiled.metrics.two_qubit_gates,
        fidelity=compiled.metrics.estimated_success,
    )
    return Experiment(
        run_id=run.run_id,
        seed=stream_seed(run, program.program_id, run.target),
        target=run.target,
        program=program,
        groups=groups,
        snapshot=snapshot,
        compiled=compiled,
        options=written(options_of(run)),
    )


@stage("admit")
def admit(runtime: Runtime, run: Run) -> None:
    """Look at the device once more, just before anything is bought.

    Raises:
        DeviceOffline: it takes no work now; nothing was bought.
        DeviceWithheld: no work may go there now; nothing was bought.
    """
    for here in run.apart:
        check_still_there(here, runtime=runtime)


@stage("select")
def record_device(runtime: Runtime, experiment: Experiment) -> None:
    """Land the program, its compiled form, the device snapshot, and the choice with its reason.

    Raises:
        DeviceWithheld: no work may go to the device now.
        CalibrationStale: its calibration is older than the run accepts.
    """
    compiled, snapshot, target = experiment.compiled, experiment.snapshot, experiment.target
    calibration = (snapshot.calibration_id, target)
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


@stage("calibrate readout")
def calibrate_readout(
    runtime: Runtime, experiment: Experiment, *, mitigation: Mitigation, shots: int
) -> Confusion | None:
    """Learn it where readout mitigation is wanted: from a fresh canary, or by two circuits."""
    if Technique.READOUT not in mitigation.techniques:
        return None
    return learn(experiment, shots=shots, runtime=runtime)
