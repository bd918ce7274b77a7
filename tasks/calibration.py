"""Learn how the chosen qubits are misread."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from tasks.core.events import emit
from tasks.core.mitigation.composition import Mitigation, Technique
from tasks.core.mitigation.readout import VARIANTS, Confusion, combine
from tasks.core.samples import counts_by_variant
from tasks.lifecycle import readouts
from tasks.lifecycle.experiment import Experiment, execute
from tasks.lifecycle.landing import land_counts
from tasks.lifecycle.runtime import open_runtime


@task(name="calibrate readout", cache_policy=NO_CACHE)
def calibrate_readout(
    experiment: Experiment, *, mitigation: Mitigation, shots: int
) -> Confusion | None:
    """Learn it where readout mitigation is wanted: from a fresh canary, or by two circuits."""
    if Technique.READOUT not in mitigation.techniques:
        return None
    runtime = open_runtime(home())
    run, calibration_id = runtime.journal.run(experiment.run_id), experiment.snapshot.calibration_id
    if known := readouts.chosen(experiment, shots=shots, runtime=runtime):
        rows = readouts.readout_rows(known, run=run, calibration_id=calibration_id)
        runtime.lake.land_all({"readouts": [((run.run_id, "readout"), rows)]}, run_id=run.run_id)
        emit("readout.reused", execution_id=known[0].execution_id)
        return readouts.confusion_of(known)
    dispatch = runtime.dispatch(run)
    collected = execute(experiment.readout(shots=shots), dispatch=dispatch)
    zeros, ones = (counts_by_variant(collected)[variant] for variant in VARIANTS)
    entry = runtime.journal.execution(collected[0].execution.execution_id)
    labels = experiment.compiled.measured_qubits
    learnt = tuple(readouts.learnt(zeros, ones, labels=labels, entry=entry))
    rows = readouts.readout_rows(learnt, run=run, calibration_id=calibration_id)
    land_counts(collected, runtime=runtime, chunk="readout", readouts=rows)
    return combine(zeros, ones)
