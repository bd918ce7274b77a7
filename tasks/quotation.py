"""Say what a run will cost before it begins."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.executions import Purpose
from tasks.core.events import emit
from tasks.core.mitigation.composition import Technique
from tasks.core.optimisers.registry import points_per_iteration
from tasks.core.quotes import Quote, quote_executions
from tasks.lifecycle.experiment import Experiment, Search
from tasks.lifecycle.readouts import chosen
from tasks.lifecycle.runtime import open_runtime


@task(name="quote", cache_policy=NO_CACHE)
def quote(experiment: Experiment, *, search: Search) -> Quote:
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
    runtime, shots = open_runtime(home()), search.readout_shots
    bought = corrected and not chosen(experiment, shots=shots, runtime=runtime)
    readout = experiment.readout(shots=shots) if bought else ()
    of_readout, of_step, of_final = (
        quote_executions(planned, snapshot=experiment.snapshot)
        for planned in (readout, step, final)
    )
    quoted = of_readout + of_step.times(search.iterations) + of_final
    runtime.journal.quote(experiment.run_id, quoted.usd)
    emit("run.quoted", quote=quoted)
    return quoted
