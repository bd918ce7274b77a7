"""Run many different circuits together, in as few tasks as the device takes."""

from typing import Any

from prefect import flow

from flows.announcing import announce
from flows.batch_parameters import BatchParameters
from flows.edge import settled
from flows.failover import failing_over
from flows.failures import record_failure
from flows.parameters import RunToResume
from flows.watching import watch
from tasks import batching
from tasks.lifecycle.checks import check_batch
from tasks.reporting import report
from tasks.running import close_run, open_run
from tasks.selection import admit, select
from tasks.settlement import settle
from tasks.submission import submit


@flow(
    name="batch",
    description="Many different circuits, bought together: packed into as few tasks as can be.",
    flow_run_name="{parameters.called}",
    on_running=[announce, watch],
    on_failure=[record_failure],
    on_cancellation=[record_failure],
    validate_parameters=True,
)
@failing_over
async def batch(
    parameters: BatchParameters,
    run_id: RunToResume = None,
) -> dict[str, Any]:
    """Compile every circuit, buy all together, and give each its own counts and estimates.

    Args:
        parameters: What is measured, where, and how well.
        run_id: Go on with this run; leave empty to start a new one.
    """
    parameters = await settled(parameters, run_id=run_id, check=check_batch)
    run = open_run("batch", parameters=parameters.model_dump(), run_id=run_id)
    inputs = batching.read(run)

    run = batching.choose(run, inputs=inputs, readout_shots=parameters.readout_shots)
    made = batching.compile_circuits(run, inputs=inputs)
    select(made.hardest)
    batching.land_circuits(made)
    quoted = batching.quote(made, readout_shots=parameters.readout_shots)
    admit(run)

    misreading = batching.calibrate_readout(made, shots=parameters.readout_shots)
    executions = batching.plan(made)
    submit(executions)
    gathered = batching.gather(executions)
    found = batching.divide(gathered, batch=made)
    estimates = batching.estimate(found, batch=made, misreading=misreading)
    batching.land(gathered, estimates=estimates)
    settle(run)

    result = batching.summarise(made, found=found, estimates=estimates, run=run, quoted=quoted)
    close_run(run, result=result)
    report(run.run_id)
    return result
