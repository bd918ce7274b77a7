"""Say what a run will cost before it begins."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from tasks.core.events import emit
from tasks.core.quotes import Quote
from tasks.lifecycle.experiment import Experiment, Search
from tasks.lifecycle.quoting import quote_search
from tasks.lifecycle.runtime import open_runtime


@task(name="quote", cache_policy=NO_CACHE)
def quote(experiment: Experiment, *, search: Search) -> Quote:
    """Plan everything that the run may buy, and write down the price of all iterations used."""
    quoted = quote_search(experiment, search=search)
    open_runtime(home()).journal.quote(experiment.run_id, quoted.usd)
    emit("run.quoted", quote=quoted)
    return quoted
