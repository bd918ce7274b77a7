"""Learn how a run's qubits are misread: from a canary, or with circuits of its own."""

from datasets.records.executions import Collected
from tasks.context.dispatch import Dispatch
from tasks.context.runtime import Runtime
from tasks.core.mitigation.readout import VARIANTS, Confusion, combine
from tasks.core.planning.samples import counts_by_variant
from tasks.core.progress.events import emit
from tasks.execution.completeness import check_one_calibration
from tasks.execution.landing import land_counts
from tasks.execution.takeovers import shared
from tasks.program import readouts
from tasks.program.experiment import Experiment, execute
from tasks.program.pinned_compiled import compiled_otherwise


def learn(experiment: Experiment, *, shots: int, runtime: Runtime) -> Confusion:
    """Return the confusion of the measured qubits, and land where it is from.

    Raises:
        ExecutionFailed: a qubit is misread so often that its outcomes carry no information.
    """
    known = readouts.chosen(experiment, shots=shots, runtime=runtime)
    return _reused(experiment, known, runtime) if known else _measured(experiment, shots, runtime)


def _reused(
    experiment: Experiment, known: tuple[readouts.Misread, ...], runtime: Runtime
) -> Confusion:
    run = runtime.journal.run(experiment.run_id).at(experiment.target)
    calibration_id = experiment.snapshot.calibration_id
    rows = readouts.readout_rows(known, run=run, calibration_id=calibration_id)
    runtime.lake.land_all(
        {"readouts": [((run.run_id, f"readout-{run.target}"), rows)]}, run_id=run.run_id
    )
    emit("readout.reused", execution_id=known[0].execution_id)
    return readouts.confusion_of(known)


def _measured(experiment: Experiment, shots: int, runtime: Runtime) -> Confusion:
    """Run the two circuits; what they say is landed also if nothing can be mitigated with it.

    Where a stopped run has bought them they are that one's, and land as its own.
    """
    run = runtime.journal.run(experiment.run_id).at(experiment.target)
    collected = _collected(experiment, shots, dispatch=runtime.dispatch(run), runtime=runtime)
    run = runtime.journal.run(collected[0].execution.run_id).at(experiment.target)
    zeros, ones = (counts_by_variant(collected)[variant] for variant in VARIANTS)
    entry = runtime.journal.execution(collected[0].execution.execution_id)
    labels = experiment.compiled.measured_qubits
    learnt = tuple(readouts.learnt(zeros, ones, labels=labels, entry=entry))
    calibration_id = experiment.snapshot.calibration_id
    rows = readouts.readout_rows(learnt, run=run, calibration_id=calibration_id)
    chunk = f"readout-{run.target}"
    if compiled_otherwise(run, experiment.compiled.compiled_id, runtime=runtime):
        chunk = f"{chunk}-{experiment.compiled.compiled_id[:16]}"  # the other name is taken
    land_counts(collected, runtime=runtime, chunk=chunk, readouts=rows)
    return combine(zeros, ones)


def _collected(
    experiment: Experiment, shots: int, *, dispatch: Dispatch, runtime: Runtime
) -> tuple[Collected, ...]:
    planned = shared(
        lambda run: experiment.of(run).readout(shots=shots),
        run=runtime.journal.run(experiment.run_id),
        dispatch=dispatch,
        runtime=runtime,
    )
    collected = (*planned.theirs, *execute(planned.own, dispatch=dispatch))
    check_one_calibration(collected, dispatch=dispatch)
    return collected
