"""Say what a run will cost before it begins."""

from decimal import Decimal

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.executions import Purpose
from tasks.core.events import emit
from tasks.core.mitigation.composition import Technique
from tasks.core.optimisers.registry import points_per_iteration
from tasks.core.planning import total_usd
from tasks.lifecycle.experiment import Experiment, Search
from tasks.lifecycle.runtime import open_runtime


@task(name="quote", cache_policy=NO_CACHE)
def quote(experiment: Experiment, *, search: Search) -> Decimal:
    """Plan everything that the run may buy, and write down the price of all iterations used."""
    frequencies = experiment.program.frequencies
    points = [search.start] * points_per_iteration(search.optimizer, frequencies)
    loop, whole = search.mitigation.in_loop, search.mitigation
    step = experiment.energies(
        points, mitigation=loop, shots=search.shots, purpose=Purpose.ITERATION
    )
    final = experiment.energies(
        points[:1], mitigation=whole, shots=search.final_shots, purpose=Purpose.ESTIMATE
    )
    corrected = Technique.READOUT in whole.techniques
    readout = experiment.readout(shots=search.readout_shots) if corrected else ()
    usd = total_usd(readout) + search.iterations * total_usd(step) + total_usd(final)
    open_runtime(home()).journal.quote(experiment.run_id, usd)
    emit("run.quoted", usd=usd)
    return usd
