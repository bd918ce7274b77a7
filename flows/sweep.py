"""Measure a circuit at many points."""

from typing import Any

from prefect import flow

from flows.announcing import announce
from flows.edge import settled
from flows.failover import failing_over
from flows.failures import record_failure
from flows.parameters import RunToResume, SweepParameters
from flows.spreading import Workers
from flows.watching import watch
from tasks import sweeping
from tasks.calibration import calibrate_readout
from tasks.compilation import compile_for_target
from tasks.lifecycle.checks import check_sweep
from tasks.reporting import report
from tasks.running import close_run, open_run
from tasks.selection import admit, select
from tasks.settlement import settle
from tasks.summary import summarise_sweep


@flow(
    name="sweep",
    description="A circuit's observables at many values of its parameters.",
    flow_run_name="{parameters.called}",
    on_running=[announce, watch],
    on_failure=[record_failure],
    on_cancellation=[record_failure],
    validate_parameters=True,
)
@failing_over
async def sweep(
    parameters: SweepParameters,
    run_id: RunToResume = None,
) -> dict[str, Any]:
    """Compile once for each target, then measure and land the points chunk by chunk.

    Args:
        parameters: What is measured, where, and how well.
        run_id: Go on with this run; leave empty to start a new one.
    """
    parameters = await settled(parameters, run_id=run_id, check=check_sweep)
    run = open_run("sweep", parameters=parameters.model_dump(), run_id=run_id)
    inputs = sweeping.read(run)

    run = sweeping.choose(run, inputs=inputs, readout_shots=parameters.readout_shots)
    sweeping.await_same(run, inputs=inputs)
    sweeps = []
    for here in run.apart:
        experiment = compile_for_target(here, program=inputs.program, groups=inputs.groups)
        select(experiment)
        sweeps.append(sweeping.divide(experiment, run=here, inputs=inputs))
    quoted = sweeping.quote(sweeps, readout_shots=parameters.readout_shots)
    admit(run)

    due = sweeping.due(sweeps)
    with Workers.configured() as workers:
        for divided in sweeps:
            left = due.on(divided.target)
            if not left:
                continue
            confusion = calibrate_readout(
                divided.experiment, mitigation=divided.mitigation, shots=parameters.readout_shots
            )
            workers.work(left, sweep=divided, confusion=confusion, done=due)
    settle(run)

    result = summarise_sweep(sweeps, run=run, name=inputs.name, quoted=quoted)
    close_run(run, result=result)
    report(run.run_id)
    return result
