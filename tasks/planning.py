"""Plan the final estimate: groups, noise scales and copies, packed into executions."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.records.executions import Execution, Purpose
from tasks.core.events import emit
from tasks.core.optimisers.session import Optimum
from tasks.lifecycle.experiment import Experiment, Search


@task(name="plan", cache_policy=NO_CACHE)
def plan(experiment: Experiment, *, optimum: Optimum, search: Search) -> tuple[Execution, ...]:
    """Plan the executions that estimate the energy at the optimum, with every mitigation."""
    executions = experiment.energies(
        [optimum.parameters],
        mitigation=search.mitigation,
        shots=search.final_shots,
        purpose=Purpose.ESTIMATE,
    )
    emit("estimate.planned", shots=sum(execution.shots for execution in executions))
    return executions
