"""Find a large cut of a graph with the quantum approximate optimisation algorithm."""

from typing import Any

from prefect import flow

from flows.announcing import announce
from flows.edge import settled
from flows.failover import failing_over
from flows.failures import record_failure
from flows.parameters import RunToResume
from flows.search_parameters import QaoaParameters
from flows.watching import watch
from tasks.calibration import calibrate_readout
from tasks.collection import collect
from tasks.compilation import compile_for_target
from tasks.estimation import estimate
from tasks.landing import land
from tasks.lifecycle.checks import check_qaoa
from tasks.optimisation import optimise
from tasks.planning import plan
from tasks.preparation import prepare_cut
from tasks.quotation import quote
from tasks.reporting import report
from tasks.running import close_run, open_run
from tasks.selection import admit, choose, select
from tasks.settlement import settle
from tasks.submission import submit
from tasks.summary import summarise, summarise_cut


@flow(
    name="qaoa",
    description="A large cut of a graph, by the quantum approximate optimisation algorithm.",
    flow_run_name="{parameters.graph} on {parameters.target}",
    on_running=[announce, watch],
    on_failure=[record_failure],
    on_cancellation=[record_failure],
    validate_parameters=True,
)
@failing_over
async def qaoa(
    parameters: QaoaParameters,
    run_id: RunToResume = None,
) -> dict[str, Any]:
    """Compile once for the device, maximise the expected cut, then sample it and take the best.

    Args:
        parameters: What is cut, where, and how well.
        run_id: Go on with this run; leave empty to start a new one.
    """
    parameters = await settled(parameters, run_id=run_id, check=check_qaoa)
    run = open_run("qaoa", parameters=parameters.model_dump(), run_id=run_id)
    prepared = prepare_cut(run, graph=parameters.graph, layers=parameters.layers)
    search = parameters.search(prepared.start)
    run = choose(run, prepared=prepared, search=search)
    experiment = compile_for_target(run, program=prepared.program, groups=prepared.groups)
    select(experiment)
    quoted = quote(experiment, search=search)
    admit(run)
    confusion = calibrate_readout(
        experiment, mitigation=search.mitigation, shots=search.readout_shots
    )
    optimum = optimise(experiment, search=search, confusion=confusion)
    executions = plan(experiment, optimum=optimum, search=search)
    submit(executions)
    collected = collect(executions)
    estimated = estimate(experiment, collected=collected, search=search, confusion=confusion)
    land(collected, estimates=(*estimated.energies, *estimated.terms))
    settle(run)

    result = summarise(
        experiment,
        run=run,
        problem=prepared.problem,
        optimum=optimum,
        estimated=estimated,
        confusion=confusion,
        quoted=quoted,
    )
    answer = summarise_cut(result, run=run, graph=parameters.graph, collected=collected)
    close_run(run, result=answer)
    report(run.run_id)
    return answer
