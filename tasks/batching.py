"""The stages of a batch: many circuits compiled, bought together, and given what is theirs."""

from collections.abc import Sequence
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.executions import Execution
from datasets.records.runs import Run
from tasks.core.events import emit
from tasks.core.quotes import Quote
from tasks.lifecycle import batch_landing, batch_readouts, batches
from tasks.lifecycle.batch_inputs import BatchInputs, batch_inputs
from tasks.lifecycle.batch_landing import Found
from tasks.lifecycle.batch_pieces import batch_piece
from tasks.lifecycle.batch_readouts import Misreading
from tasks.lifecycle.batch_results import batch_result
from tasks.lifecycle.batches import Batch, Returned
from tasks.lifecycle.choosing import choose_target
from tasks.lifecycle.executions import Gathered
from tasks.lifecycle.executions import gather as gather_executions
from tasks.lifecycle.quote_rows import record
from tasks.lifecycle.runtime import open_runtime


@task(name="read", cache_policy=NO_CACHE)
def read(run: Run) -> BatchInputs:
    """Read the circuits and the observables, as they were when the run began."""
    return batch_inputs(run.asked, keep=open_runtime(home()).pins(run.run_id))


@task(name="choose", cache_policy=NO_CACHE)
def choose(run: Run, *, inputs: BatchInputs, readout_shots: int) -> Run:
    """Return the run with its target; one that was left open is chosen for the whole batch."""
    piece = batch_piece(inputs, readout_shots=readout_shots)
    return choose_target(run, piece, runtime=open_runtime(home()))


@task(name="compile", cache_policy=NO_CACHE)
def compile_circuits(run: Run, *, inputs: BatchInputs) -> Batch:
    """Compile every circuit for the target's calibration, in parallel where they are new."""
    batch = batches.compiled_batch(run, inputs=inputs, runtime=open_runtime(home()))
    emit("batch.compiled", circuits=len(batch.compiled), refused=len(batch.refused))
    return batch


@task(name="land circuits", cache_policy=NO_CACHE)
def land_circuits(batch: Batch) -> None:
    """Land every circuit, as a program and in native gates, with its number."""
    batch_landing.land_circuits(batch, runtime=open_runtime(home()))


@task(name="quote", cache_policy=NO_CACHE)
def quote(batch: Batch, *, readout_shots: int) -> Quote:
    """Price all circuits, and what corrects them, before the first is bought."""
    runtime = open_runtime(home())
    run = runtime.journal.run(batch.run_id)
    readout = batch_readouts.quoted(batch, shots=readout_shots, runtime=runtime)
    return record({batch.target: batches.quoted(batch) + readout}, run=run, runtime=runtime)


@task(name="calibrate readout", cache_policy=NO_CACHE)
def calibrate_readout(batch: Batch, *, shots: int) -> Misreading | None:
    """Learn how all measured qubits are misread where that is wanted."""
    if not batch.inputs.is_corrected:
        return None
    return batch_readouts.learn(batch, shots=shots, runtime=open_runtime(home()))


@task(name="plan", cache_policy=NO_CACHE)
def plan(batch: Batch) -> tuple[Execution, ...]:
    """Pack the circuits into executions."""
    executions = batches.planned(batch)
    emit("batch.planned", circuits=len(batch.compiled), tasks=len(executions))
    return executions


@task(name="collect", cache_policy=NO_CACHE)
def gather(executions: Sequence[Execution]) -> Gathered:
    """Wait for all; what failed for good costs itself alone."""
    runtime = open_runtime(home())
    dispatch = runtime.dispatch(runtime.journal.run(executions[0].run_id))
    return gather_executions(executions, dispatch=dispatch)


@task(name="divide", cache_policy=NO_CACHE)
def divide(gathered: Gathered, *, batch: Batch) -> Returned:
    """Give every circuit its counts, or the reason why it has none."""
    return batches.returned(batch, gathered)


@task(name="estimate", cache_policy=NO_CACHE)
def estimate(found: Returned, *, batch: Batch, misreading: Misreading | None) -> Found:
    """Estimate every observable of every circuit."""
    return batch_landing.estimated(batch, found, misreading=misreading)


@task(name="land", cache_policy=NO_CACHE)
def land(gathered: Gathered, *, estimates: Found) -> None:
    """Check and publish; what breaks its contract is quarantined and stops the run."""
    batch_landing.land(gathered.collected, estimates, runtime=open_runtime(home()))


@task(name="summarise", cache_policy=NO_CACHE)
def summarise(
    batch: Batch, *, found: Returned, estimates: Found, run: Run, quoted: Quote
) -> dict[str, Any]:
    """Return the run's answer."""
    runtime = open_runtime(home())
    return batch_result(
        batch, found=found, estimates=estimates, run=run, quoted=quoted, runtime=runtime
    )
