"""Learn how the chosen qubits are misread."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from tasks.core.mitigation.composition import Mitigation, Technique
from tasks.core.mitigation.readout import Confusion
from tasks.lifecycle.experiment import Experiment
from tasks.lifecycle.readout_learning import learn
from tasks.lifecycle.runtime import open_runtime


@task(name="calibrate readout", cache_policy=NO_CACHE)
def calibrate_readout(
    experiment: Experiment, *, mitigation: Mitigation, shots: int
) -> Confusion | None:
    """Learn it where readout mitigation is wanted: from a fresh canary, or by two circuits."""
    if Technique.READOUT not in mitigation.techniques:
        return None
    return learn(experiment, shots=shots, runtime=open_runtime(home()))
