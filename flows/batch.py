"""Run many different circuits together, in as few tasks as the device takes."""

from typing import Any

from datasets.records.runs import Run
from tasks.orchestration.run_flow import run_flow
from tasks.requests.batch import BatchRequest
from tasks.stages import batch as stages
from tasks.stages.device import admit, record_device
from tasks.stages.run import close_run, report, settle
from tasks.stages.work import gather, submit
from tasks.workloads.checks import check_batch


@run_flow(
    BatchRequest,
    check=check_batch,
    description="Many different circuits, bought together: packed into as few tasks as can be.",
    called="{parameters.called}",
)
def batch(run: Run, request: BatchRequest) -> dict[str, Any]:
    """Compile every circuit, buy all together, and give each its own counts and estimates."""
    inputs = stages.read(run)

    run = stages.choose(run, inputs=inputs, readout_shots=request.readout_shots)
    made = stages.compile_circuits(run, inputs=inputs)
    record_device(made.hardest)
    stages.land_circuits(made)
    quoted = stages.quote(made, readout_shots=request.readout_shots)
    admit(run)

    misreading = stages.calibrate_readout(made, shots=request.readout_shots)
    executions = stages.plan(made)
    submit(executions)
    gathered = gather(executions)
    found = stages.divide(gathered, batch=made)
    estimates = stages.estimate(found, batch=made, misreading=misreading)
    stages.land(gathered, estimates=estimates)
    settle(run)

    result = stages.summarise(made, found=found, estimates=estimates, run=run, quoted=quoted)
    close_run(run, result=result)
    report(run.run_id)
    return result
