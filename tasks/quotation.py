"""Say what a run will cost before it begins."""

from decimal import Decimal

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.executions import Purpose
from tasks.core.events import emit
from tasks.core.mitigation.composition import Mitigation, Technique
from tasks.core.optimisers.registry import points_per_iteration
from tasks.core.planning import total_usd
from tasks.lifecycle.experiment import Experiment
from tasks.lifecycle.loop import Search
from tasks.lifecycle.runtime import open_runtime


@task(name="quote", cache_policy=NO_CACHE)
def quote(
    experiment: Experiment,
    *,
    search: Search,
    mitigation: Mitigation,
    final_shots: int,
    readout_shots: int,
) -> Decimal:
    """Plan everything that the run may buy, and write down the price of all iterations used."""
    origin = search.start
    points = [origin] * points_per_iteration(search.optimizer, experiment.program.frequencies)
    step = experiment.energies(
        points,
        mitigation=search.mitigation,
        shots=search.shots,
        purpose=Purpose.ITERATION,
        iteration=0,
    )
    final = experiment.energies(
        [origin], mitigation=mitigation, shots=final_shots, purpose=Purpose.ESTIMATE
    )
    corrected = Technique.READOUT in mitigation.techniques
    readout = experiment.readout(shots=readout_shots) if corrected else ()
    usd = total_usd(readout) + search.iterations * total_usd(step) + total_usd(final)
    open_runtime(home()).journal.quote(experiment.run_id, usd)
    emit("run.quoted", usd=usd)
    return usd
