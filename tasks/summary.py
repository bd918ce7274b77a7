"""Put a run's answer together."""

from collections.abc import Sequence
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.executions import Collected
from datasets.records.problems import Problem
from datasets.records.runs import Run
from tasks.core.mitigation.readout import Confusion
from tasks.core.optimisers.session import Optimum
from tasks.core.quotes import Quote
from tasks.lifecycle.choices import story
from tasks.lifecycle.cut_results import cut_result
from tasks.lifecycle.elapsed import elapsed_s
from tasks.lifecycle.experiment import Experiment
from tasks.lifecycle.inputs import pinned_graph
from tasks.lifecycle.norms import told_outside
from tasks.lifecycle.results import Estimated, VqeResult, vqe_result
from tasks.lifecycle.runtime import open_runtime
from tasks.lifecycle.sweep_results import sweep_result
from tasks.lifecycle.sweeps import Sweep


@task(name="summarise", cache_policy=NO_CACHE)
def summarise(
    experiment: Experiment,
    *,
    run: Run,
    problem: Problem,
    optimum: Optimum,
    estimated: Estimated,
    confusion: Confusion | None,
    quoted: Quote,
) -> VqeResult:
    """Return the energies with everything that it takes to trust and to trace them."""
    runtime = open_runtime(home())
    journal = runtime.journal
    return vqe_result(
        experiment,
        run=journal.run(run.run_id),
        problem=problem,
        optimum=optimum,
        iterations=journal.iterations(run.run_id),
        executions=journal.executions(run.run_id),
        estimated=estimated,
        confusion=confusion,
        quoted=quoted,
        selection=story(runtime.pins(run.run_id)),
        outside=told_outside(run.run_id, runtime=runtime),
        wall_s=elapsed_s(run),
        lake=str(runtime.home.lake),
        report=str(runtime.home.report_of(run.run_id)),
    )


@task(name="summarise", cache_policy=NO_CACHE)
def summarise_sweep(
    sweeps: Sequence[Sweep], *, run: Run, name: str, quoted: Quote
) -> dict[str, Any]:
    """Return what each observable is over all points, with what it takes to trace it."""
    return sweep_result(sweeps, run=run, name=name, quoted=quoted, runtime=open_runtime(home()))


@task(name="summarise", cache_policy=NO_CACHE)
def summarise_cut(
    result: VqeResult, *, run: Run, graph: str, collected: Sequence[Collected]
) -> dict[str, Any]:
    """Return the result with the best cut that was seen, and what it is worth."""
    loaded = pinned_graph(graph, pins=open_runtime(home()).pins(run.run_id))
    return cut_result(result, graph=loaded, collected=collected)
