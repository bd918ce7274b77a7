"""Make the final estimate of the counts, with every mitigation that was asked for."""

from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.records.executions import Collected
from tasks.core.mitigation.composition import (
    estimate_energy,
    estimate_terms,
)
from tasks.core.mitigation.readout import Confusion
from tasks.lifecycle.experiment import Experiment, Search
from tasks.lifecycle.results import Estimated


@task(name="estimate", cache_policy=NO_CACHE)
def estimate(
    experiment: Experiment,
    *,
    collected: Sequence[Collected],
    search: Search,
    confusion: Confusion | None,
) -> Estimated:
    """Estimate the energy raw, with each technique alone, and with all of them."""
    (sample,) = experiment.samples(collected)
    energies = tuple(
        estimate_energy(sample, mitigation=part, confusion=confusion)
        for part in search.mitigation.parts
    )
    return Estimated(sample, energies, estimate_terms(sample, confusion=confusion))
