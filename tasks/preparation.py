"""From a problem's name to the program that estimates its energy."""

import numpy as np
from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.runs import Run
from tasks.core.ansatz import Kind, build, initial_parameters
from tasks.core.grouping import group
from tasks.lifecycle.experiment import Prepared
from tasks.lifecycle.inputs import pinned_problem


@task(name="prepare", cache_policy=NO_CACHE)
def prepare(run: Run, *, problem: str, ansatz: Kind, layers: int) -> Prepared:
    """Build the trial program and group what is to be measured."""
    loaded = pinned_problem(run, problem, home=home())
    program = build(loaded, kind=ansatz, layers=layers)
    rng = np.random.default_rng([run.seed, 1])
    start = initial_parameters(program, kind=ansatz, rng=rng)
    return Prepared(loaded, program, group(program.observable), tuple(start.tolist()))
