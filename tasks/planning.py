"""Plan the final estimate: groups, noise scales and copies, packed into executions."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.records.executions import Execution, Purpose
from tasks.core.mitigation.composition import Mitigation
from tasks.core.optimisers.session import Optimum
from tasks.lifecycle.experiment import Experiment


@task(name="plan", cache_policy=NO_CACHE)
def plan(
    experiment: Experiment, *, optimum: Optimum, mitigation: Mitigation, shots: int
) -> tuple[Execution, ...]:
    """Plan the executions that estimate the energy at the optimum, with every mitigation."""
    return experiment.energies(
        [optimum.parameters], mitigation=mitigation, shots=shots, purpose=Purpose.ESTIMATE
    )
