"""Variational searches: preparation, quote, the loop, the final estimate, the answer."""

from collections.abc import Sequence
from typing import Any

from datasets.records.executions import Collected, Estimate, Execution, Purpose
from datasets.records.problems import Problem
from datasets.records.runs import Run
from tasks.context.elapsed import elapsed_s
from tasks.context.pinned_inputs import pinned_graph, pinned_problem
from tasks.context.runtime import Runtime
from tasks.core.mitigation.composition import (
    Technique,
    estimate_energy,
    estimate_terms,
)
from tasks.core.mitigation.readout import Confusion
from tasks.core.money.quotes import Quote
from tasks.core.optimisers.session import Optimum
from tasks.core.physics.ansatz import Kind
from tasks.core.physics.goals import goal_of
from tasks.core.progress.events import emit
from tasks.core.streams import stream_seed
from tasks.execution.landing import land_counts
from tasks.execution.norms import told_outside
from tasks.program.experiment import Experiment, Prepared, Search, prepared, prepared_cut
from tasks.program.readouts import chosen
from tasks.quotes.record import record
from tasks.rows.rows import estimate_row
from tasks.selection.run_target import choose_target
from tasks.selection.selection_log import story
from tasks.stages.stage import stage
from tasks.workloads.pieces import search_piece
from tasks.workloads.search.cut_result import cut_result
from tasks.workloads.search.loop import Loop, steps
from tasks.workloads.search.quote import quote_search
from tasks.workloads.search.result import Estimated, VqeResult, vqe_result


@stage("prepare")
def prepare(runtime: Runtime, run: Run, *, problem: str, ansatz: Kind, layers: int) -> Prepared:
    """Build the trial program and group what is to be measured."""
    loaded = pinned_problem(problem, pins=runtime.pins(run.run_id))
    return prepared(loaded, kind=ansatz, layers=layers, seed=stream_seed(run, loaded.hamiltonian))


@stage("prepare")
def prepare_cut(runtime: Runtime, run: Run, *, graph: str, layers: int) -> Prepared:
    """Build the trial program for the maximum cut of a graph."""
    loaded = pinned_graph(graph, pins=runtime.pins(run.run_id))
    return prepared_cut(loaded, layers=layers)


@stage("choose")
def choose(runtime: Runtime, run: Run, *, prepared: Prepared, search: Search) -> Run:
    """Return the run with its target; one that was left open is chosen for the whole search."""
    piece = search_piece(run, prepared=prepared, search=search)
    return choose_target(run, piece, runtime=runtime)


@stage("quote")
def quote(runtime: Runtime, experiment: Experiment, *, search: Search) -> Quote:
    """Plan everything that the run may buy, and write down the price of all iterations used."""
    mitigation = search.mitigation
    learnt = Technique.READOUT in mitigation.techniques and bool(
        chosen(experiment, shots=search.readout_shots, runtime=runtime)
    )
    quoted = quote_search(experiment, search=search, learnt=learnt)
    run = runtime.journal.run(experiment.run_id)
    return record({experiment.target: quoted}, run=run, runtime=runtime)


@stage("optimise")
def optimise(
    runtime: Runtime, experiment: Experiment, *, search: Search, confusion: Confusion | None
) -> Optimum:
    """Minimise the energy, going on from the last completed iteration."""
    taken = steps(experiment, search=search, confusion=confusion, runtime=runtime)
    known = runtime.journal.iterations(experiment.run_id)
    goal = goal_of(runtime.journal.run(experiment.run_id).flow)
    return Loop(experiment, search, taken, known, goal).run()


@stage("plan", runtime=False)
def plan(experiment: Experiment, *, optimum: Optimum, search: Search) -> tuple[Execution, ...]:
    """Plan the executions that estimate the energy at the optimum, with every mitigation."""
    executions = experiment.energies(
        [optimum.parameters],
        mitigation=search.mitigation,
        shots=search.final_shots,
        purpose=Purpose.ESTIMATE,
    )
    emit("estimate.planned", shots=sum(execution.shots for execution in executions))
    return executions


@stage("estimate", runtime=False)
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


@stage("land")
def land(
    runtime: Runtime, collected: Sequence[Collected], *, estimates: Sequence[Estimate]
) -> None:
    """Check and publish; what breaks its contract is quarantined and stops the run."""
    rows = [estimate_row(item, collected=collected) for item in estimates]
    land_counts(collected, runtime=runtime, chunk="estimate", estimates=rows)


@stage("summarise")
def summarise(
    runtime: Runtime,
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


@stage("summarise")
def summarise_cut(
    runtime: Runtime, result: VqeResult, *, run: Run, graph: str, collected: Sequence[Collected]
) -> dict[str, Any]:
    """Return the result with the best cut that was seen, and what it is worth."""
    loaded = pinned_graph(graph, pins=runtime.pins(run.run_id))
    return cut_result(result, graph=loaded, collected=collected)
