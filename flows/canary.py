"""Check a device with circuits of which it is known what comes out."""

from typing import Any

from prefect import flow

from flows.announcing import announce
from flows.edge import settled
from flows.failures import record_failure
from flows.parameters import CanaryParameters, RunToResume
from flows.watching import watch
from tasks import canaries
from tasks.collection import collect
from tasks.compilation import compile_for_target
from tasks.lifecycle.checks import check_canary
from tasks.reporting import tell
from tasks.running import close_run, open_run
from tasks.selection import select
from tasks.settlement import settle
from tasks.submission import submit


@flow(
    name="canary",
    description="Circuits with known outcomes: does the device keep its calibration's word?",
    flow_run_name="canaries on {parameters.target}",
    on_running=[announce, watch],
    on_failure=[record_failure],
    on_cancellation=[record_failure],
    validate_parameters=True,
)
async def canary(
    parameters: CanaryParameters,
    run_id: RunToResume = None,
) -> dict[str, Any]:
    """Run a GHZ state, mirror circuits and every qubit's readout, and judge the device by them.

    Args:
        parameters: Which device, and how closely it is looked at.
        run_id: Go on with this run; leave empty to start a new one.
    """
    parameters = await settled(parameters, run_id=run_id, check=check_canary)
    run = open_run("canary", parameters=parameters.model_dump(), run_id=run_id)
    program, groups = canaries.chain(parameters.qubits)

    experiment = compile_for_target(run, program=program, groups=groups)
    select(experiment)
    suite = canaries.design(experiment, run=run)
    quoted = canaries.quote(suite)

    executions = canaries.plan(suite)
    submit(executions)
    collected = collect(executions)
    found = canaries.check(suite, collected=collected, run=run)
    standing = canaries.judge(found, run=run)
    settle(run)

    result = canaries.summarise(suite, found=found, standing=standing, run=run, quoted=quoted)
    close_run(run, result=result)
    tell(run.run_id)
    return result
