"""Run the hybrid loop: one stage for all of its iterations."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from tasks.core.goals import goal_of
from tasks.core.mitigation.readout import Confusion
from tasks.core.optimisers.session import Optimum
from tasks.lifecycle.experiment import Experiment, Search
from tasks.lifecycle.loop import Loop, steps
from tasks.lifecycle.runtime import open_runtime


@task(name="optimise", cache_policy=NO_CACHE)
def optimise(experiment: Experiment, *, search: Search, confusion: Confusion | None) -> Optimum:
    """Minimise the energy, going on from the last completed iteration."""
    runtime = open_runtime(home())
    taken = steps(experiment, search=search, confusion=confusion, runtime=runtime)
    known = runtime.journal.iterations(experiment.run_id)
    goal = goal_of(runtime.journal.run(experiment.run_id).flow)
    return Loop(experiment, search, taken, known, goal).run()
