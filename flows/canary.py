"""Check a device with circuits of which it is known what comes out."""

from typing import Any

from datasets.records.runs import Run
from tasks.orchestration.run_flow import run_flow
from tasks.requests.canary import CanaryRequest
from tasks.stages import canary as stages
from tasks.stages.device import compile_for_target, record_device
from tasks.stages.run import close_run, settle, show
from tasks.stages.work import collect, submit
from tasks.workloads.checks import check_canary


@run_flow(
    CanaryRequest,
    check=check_canary,
    description="Circuits with known outcomes: does the device keep its calibration's word?",
    called="canaries on {parameters.target}",
)
def canary(run: Run, request: CanaryRequest) -> dict[str, Any]:
    """Run a GHZ state, mirror circuits and every qubit's readout, and judge the device by them."""
    program, groups = stages.chain(request.qubits)

    experiment = compile_for_target(run, program=program, groups=groups)
    record_device(experiment)
    suite = stages.design(experiment, run=run)
    quoted = stages.quote(suite)

    executions = stages.plan(suite)
    submit(executions)
    collected = collect(executions)
    found = stages.check(suite, collected=collected, run=run)
    standing = stages.judge(found, run=run)
    settle(run)

    result = stages.summarise(suite, found=found, standing=standing, run=run, quoted=quoted)
    close_run(run, result=result)
    show(run.run_id)
    return result
