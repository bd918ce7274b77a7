"""Batches: circuits compiled, bought together, each given its counts and estimates."""

from typing import Any

from datasets.records.executions import Execution
from datasets.records.runs import Run
from tasks.context.runtime import Runtime
from tasks.core.money.quotes import Quote
from tasks.core.progress.events import emit
from tasks.execution.executions import Gathered
from tasks.quotes.record import record
from tasks.requests.batch import BatchRequest
from tasks.requests.of_run import request_as
from tasks.selection.run_target import choose_target
from tasks.stages.stage import stage
from tasks.workloads.batch import batch as batches
from tasks.workloads.batch import landing as batch_landing
from tasks.workloads.batch import readouts as batch_readouts
from tasks.workloads.batch.batch import Batch, Returned
from tasks.workloads.batch.inputs import BatchInputs, batch_inputs
from tasks.workloads.batch.landing import Found
from tasks.workloads.batch.readouts import Misreading
from tasks.workloads.batch.result import batch_result
from tasks.workloads.batch.workload import batch_piece


@stage("read")
def read(runtime: Runtime, run: Run) -> BatchInputs:
    """Read the circuits and the observables, as they were when the run began."""
    return batch_inputs(request_as(BatchRequest, run), keep=runtime.pins(run.run_id))


@stage("choose")
def choose(runtime: Runtime, run: Run, *, inputs: BatchInputs, readout_shots: int) -> Run:
    """Return the run with its target; one that was left open is chosen for the whole batch."""
    piece = batch_piece(inputs, readout_shots=readout_shots)
    return choose_target(run, piece, runtime=runtime)


@stage("compile")
def compile_circuits(runtime: Runtime, run: Run, *, inputs: BatchInputs) -> Batch:
    """Compile every circuit for the target's calibration, in parallel where they are new."""
    batch = batches.compiled_batch(run, inputs=inputs, runtime=runtime)
    emit("batch.compiled", circuits=len(batch.compiled), refused=len(batch.refused))
    return batch


@stage("land circuits")
def land_circuits(runtime: Runtime, batch: Batch) -> None:
    """Land every circuit, as a program and in native gates, with its number."""
    batch_landing.land_circuits(batch, runtime=runtime)


@stage("quote")
def quote(runtime: Runtime, batch: Batch, *, readout_shots: int) -> Quote:
    """Price all circuits, and what corrects them, before the first is bought."""
    run = runtime.journal.run(batch.run_id)
    readout = batch_readouts.quoted(batch, shots=readout_shots, runtime=runtime)
    return record({batch.target: batches.quoted(batch) + readout}, run=run, runtime=runtime)


@stage("calibrate readout")
def calibrate_readout(runtime: Runtime, batch: Batch, *, shots: int) -> Misreading | None:
    """Learn how all measured qubits are misread where that is wanted."""
    if not batch.inputs.is_corrected:
        return None
    return batch_readouts.learn(batch, shots=shots, runtime=runtime)


@stage("plan", runtime=False)
def plan(batch: Batch) -> tuple[Execution, ...]:
    """Pack the circuits into executions."""
    executions = batches.planned(batch)
    emit("batch.planned", circuits=len(batch.compiled), tasks=len(executions))
    return executions


@stage("divide", runtime=False)
def divide(gathered: Gathered, *, batch: Batch) -> Returned:
    """Give every circuit its counts, or the reason why it has none."""
    return batches.returned(batch, gathered)


@stage("estimate", runtime=False)
def estimate(found: Returned, *, batch: Batch, misreading: Misreading | None) -> Found:
    """Estimate every observable of every circuit."""
    return batch_landing.estimated(batch, found, misreading=misreading)


@stage("land")
def land(runtime: Runtime, gathered: Gathered, *, estimates: Found) -> None:
    """Check and publish; what breaks its contract is quarantined and stops the run."""
    batch_landing.land(gathered.collected, estimates, runtime=runtime)


@stage("summarise")
def summarise(
    runtime: Runtime, batch: Batch, *, found: Returned, estimates: Found, run: Run, quoted: Quote
) -> dict[str, Any]:
    """Return the run's answer."""
    return batch_result(
        batch, found=found, estimates=estimates, run=run, quoted=quoted, runtime=runtime
    )
