"""Canaries: circuits with known outcomes, bought like any other, and judged."""

from collections.abc import Sequence
from typing import Any

from datasets.records.executions import Collected, Execution
from datasets.records.problems import Program
from datasets.records.runs import Run
from datasets.records.states import Standing
from tasks.context.runtime import Runtime
from tasks.core.canaries.scores import stood
from tasks.core.canaries.suite import ghz_program
from tasks.core.money.quotes import Quote
from tasks.core.physics.grouping import Group, group
from tasks.core.progress.events import emit
from tasks.program.experiment import Experiment
from tasks.quotes.record import record
from tasks.requests.canary import CanaryRequest
from tasks.requests.of_run import request_as
from tasks.stages.stage import stage
from tasks.workloads.canary import canaries
from tasks.workloads.canary.canaries import Checked, Suite


def chain(n_qubits: int) -> tuple[Program, tuple[Group, ...]]:
    """Return the program whose best chain of qubits the canaries run on, and how it is measured."""
    program = ghz_program(n_qubits)
    return program, group(program.observable)


@stage("design")
def design(runtime: Runtime, experiment: Experiment, *, run: Run) -> Suite:
    """Make the circuits, and land them."""
    suite = canaries.designed(experiment, request=request_as(CanaryRequest, run))
    canaries.land_programs(suite, runtime=runtime)
    return suite


@stage("quote")
def quote(runtime: Runtime, suite: Suite) -> Quote:
    """Price all canaries before the first is bought."""
    experiment = suite.experiment
    run = runtime.journal.run(experiment.run_id)
    return record({experiment.target: canaries.quoted(suite)}, run=run, runtime=runtime)


@stage("plan", runtime=False)
def plan(suite: Suite) -> tuple[Execution, ...]:
    """Turn the circuits into executions."""
    return canaries.planned(suite)


@stage("check")
def check(runtime: Runtime, suite: Suite, *, collected: Sequence[Collected], run: Run) -> Checked:
    """Compare what came out with what the calibration predicts, and land both."""
    found = canaries.checked(suite, collected, runtime=runtime)
    canaries.land(suite, collected, found, run=run, runtime=runtime)
    return found


@stage("judge")
def judge(runtime: Runtime, found: Checked, *, run: Run) -> Standing:
    """Degrade the device if a canary failed; else take back what canaries have said of it."""
    standing = stood(run.target, found.scores, now=found.at)
    runtime.journal.stand(standing)
    emit("device.judged", target=run.target, state=standing.state, reason=standing.reason)
    return standing


@stage("summarise")
def summarise(
    runtime: Runtime, suite: Suite, *, found: Checked, standing: Standing, run: Run, quoted: Quote
) -> dict[str, Any]:
    """Return the run's answer."""
    return canaries.result(suite, found, standing, run=run, plan=quoted, runtime=runtime)
