"""Learn how the chosen qubits are misread."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from tasks.core.mitigation.composition import Mitigation, Technique
from tasks.core.mitigation.readout import VARIANTS, Confusion, combine
from tasks.core.samples import counts_by_variant
from tasks.lifecycle.experiment import Experiment, execute
from tasks.lifecycle.landing import land_counts
from tasks.lifecycle.runtime import open_runtime


@task(name="calibrate readout", cache_policy=NO_CACHE)
def calibrate_readout(
    experiment: Experiment, *, mitigation: Mitigation, shots: int
) -> Confusion | None:
    """Run the two readout circuits, where readout mitigation is wanted."""
    if Technique.READOUT not in mitigation.techniques:
        return None
    runtime = open_runtime(home())
    collected = execute(
        experiment.readout(shots=shots),
        dispatch=runtime.dispatch(runtime.journal.run(experiment.run_id).at(experiment.target)),
    )
    land_counts(collected, runtime=runtime, chunk=f"readout-{experiment.target}")
    by_variant = counts_by_variant(collected)
    return combine(*(by_variant[variant] for variant in VARIANTS))
