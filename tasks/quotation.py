"""Say what a run will cost before it begins."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from tasks.core.mitigation.composition import Technique
from tasks.core.quotes import Quote
from tasks.lifecycle.experiment import Experiment, Search
from tasks.lifecycle.quote_rows import record
from tasks.lifecycle.quoting import quote_search
from tasks.lifecycle.readouts import chosen
from tasks.lifecycle.runtime import open_runtime


@task(name="quote", cache_policy=NO_CACHE)
def quote(experiment: Experiment, *, search: Search) -> Quote:
    """Plan everything that the run may buy, and write down the price of all iterations used."""
    runtime, mitigation = open_runtime(home()), search.mitigation
    learnt = Technique.READOUT in mitigation.techniques and bool(
        chosen(experiment, shots=search.readout_shots, runtime=runtime)
    )
    quoted = quote_search(experiment, search=search, learnt=learnt)
    run = runtime.journal.run(experiment.run_id)
    return record({experiment.target: quoted}, run=run, runtime=runtime)
