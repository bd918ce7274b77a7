"""From a problem's name to the program that estimates its energy."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.runs import Run
from tasks.core.ansatz import Kind
from tasks.core.streams import stream_seed
from tasks.lifecycle.experiment import Prepared, prepared, prepared_cut
from tasks.lifecycle.inputs import pinned_graph, pinned_problem
from tasks.lifecycle.runtime import open_runtime


@task(name="prepare", cache_policy=NO_CACHE)
def prepare(run: Run, *, problem: str, ansatz: Kind, layers: int) -> Prepared:
    """Build the trial program and group what is to be measured."""
    loaded = pinned_problem(problem, pins=open_runtime(home()).pins(run.run_id))
    return prepared(loaded, kind=ansatz, layers=layers, seed=stream_seed(run, loaded.hamiltonian))


@task(name="prepare", cache_policy=NO_CACHE)
def prepare_cut(run: Run, *, graph: str, layers: int) -> Prepared:
    """Build the trial program for the maximum cut of a graph."""
    loaded = pinned_graph(graph, pins=open_runtime(home()).pins(run.run_id))
    return prepared_cut(loaded, layers=layers)
