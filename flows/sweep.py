"""Measure a circuit at many points."""

from typing import Any

from prefect import flow

from flows.announcing import announce
from flows.edge import settled
from flows.failures import record_failure
from flows.parameters import RunToResume, SweepParameters
from flows.spreading import Workers
from tasks import sweeping
from tasks.calibration import calibrate_readout
from tasks.compilation import compile_for_target
from tasks.lifecycle.checks import check_sweep
from tasks.reporting import report
from tasks.running import close_run, open_run
from tasks.selection import select
from tasks.settlement import settle
from tasks.summary import summarise_sweep


@flow(
    name="sweep",
    description="A circuit's observables at many values of its parameters.",
    flow_run_name="{parameters.title} on {parameters.target}",
    on_running=[announce],
    on_failure=[record_failure],
    on_cancellation=[record_failure],
    validate_parameters=True,
)
async def sweep(
    parameters: SweepParameters,
    run_id: RunToResume = None,
) -> dict[str, Any]:
    """Compile once for the target, then measure and land the points chunk by chunk.

    Args:
        parameters: What is measured, where, and how well.
        run_id: Go on with this run; leave empty to start a new one.
    """
    parameters = await settled(parameters, run_id=run_id, check=check_sweep)
    run = open_run("sweep", parameters=parameters.model_dump(), run_id=run_id)
    inputs = sweeping.read(run)

    experiment = compile_for_target(run, program=inputs.program, groups=inputs.groups)
    select(experiment)
    divided = sweeping.divide(experiment, run=run, inputs=inputs)
    quoted = sweeping.quote(divided, readout_shots=parameters.readout_shots)

    due = sweeping.due(divided)
    confusion = (
        calibrate_readout(experiment, mitigation=divided.mitigation, shots=parameters.readout_shots)
        if due
        else None
    )
    with Workers.configured() as workers:
        workers.work(due, sweep=divided, confusion=confusion, done=due)
    settle(run)

    result = summarise_sweep(divided, run=run, name=inputs.name, quoted=quoted)
    close_run(run, result=result)
    report(run.run_id)
    return result
