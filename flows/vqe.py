"""Find a ground state energy with a variational loop on a noisy device."""

from typing import Any

from prefect import flow

from flows.announcing import announce
from flows.edge import settled
from flows.failover import failing_over
from flows.failures import record_failure
from flows.parameters import RunToResume
from flows.search_parameters import VqeParameters
from flows.watching import watch
from tasks.calibration import calibrate_readout
from tasks.collection import collect
from tasks.compilation import compile_for_target
from tasks.estimation import estimate
from tasks.landing import land
from tasks.lifecycle.checks import check_vqe
from tasks.lifecycle.results import plain
from tasks.optimisation import optimise
from tasks.planning import plan
from tasks.preparation import prepare
from tasks.quotation import quote
from tasks.reporting import report
from tasks.running import close_run, open_run
from tasks.selection import admit, choose, select
from tasks.settlement import settle
from tasks.submission import submit
from tasks.summary import summarise


@flow(
    name="vqe",
    description="The ground state energy of a problem, by a variational loop.",
    flow_run_name="{parameters.problem} on {parameters.target}",
    on_running=[announce, watch],
    on_failure=[record_failure],
    on_cancellation=[record_failure],
    validate_parameters=True,
)
@failing_over
async def vqe(
    parameters: VqeParameters,
    run_id: RunToResume = None,
) -> dict[str, Any]:
    """Compile once for the device, minimise the energy, then estimate it with all mitigation.

    Args:
        parameters: What is measured, where, and how well.
        run_id: Go on with this run; leave empty to start a new one.
    """
    parameters = await settled(parameters, run_id=run_id, check=check_vqe)
    run = open_run("vqe", parameters=parameters.model_dump(), run_id=run_id)
    prepared = prepare(
        run, problem=parameters.problem, ansatz=parameters.ansatz, layers=parameters.layers
    )
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
    close_run(run, result=plain(result))
    report(run.run_id)
    return plain(result)
