"""Measure a circuit at many points."""

from typing import Any

from datasets.records.runs import Run
from tasks.orchestration.run_flow import run_flow
from tasks.orchestration.workers import Workers
from tasks.requests.sweep import SweepRequest
from tasks.stages import sweep as stages
from tasks.stages.device import admit, calibrate_readout, compile_for_target, record_device
from tasks.stages.run import close_run, report, settle
from tasks.workloads.checks import check_sweep


@run_flow(
    SweepRequest,
    check=check_sweep,
    description="A circuit's observables at many values of its parameters.",
    called="{parameters.called}",
)
def sweep(run: Run, request: SweepRequest) -> dict[str, Any]:
    """Compile once for each target, then measure and land the points chunk by chunk."""
    inputs = stages.read(run)

    run = stages.choose(run, inputs=inputs, readout_shots=request.readout_shots)
    stages.await_same(run, inputs=inputs)
    sweeps = []
    for here in run.apart:
        experiment = compile_for_target(here, program=inputs.program, groups=inputs.groups)
        record_device(experiment)
        sweeps.append(stages.divide(experiment, run=here, inputs=inputs))
    quoted = stages.quote(sweeps, readout_shots=request.readout_shots)
    admit(run)

    due = stages.due(sweeps)
    with Workers.configured() as workers:
        for divided in sweeps:
            left = due.on(divided.target)
            if not left:
                continue
            confusion = calibrate_readout(
                divided.experiment, mitigation=divided.mitigation, shots=request.readout_shots
            )
            workers.work(left, sweep=divided, confusion=confusion, done=due)
    settle(run)

    result = stages.summarise(sweeps, run=run, name=inputs.name, quoted=quoted)
    close_run(run, result=result)
    report(run.run_id)
    return result
