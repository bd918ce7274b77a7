"""The stages of a canary run: circuits with known outcomes, bought like any other, and judged."""

from collections.abc import Sequence
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.executions import Collected, Execution
from datasets.records.problems import Program
from datasets.records.runs import Run
from datasets.records.states import Standing
from tasks.core.canaries.scores import stood
from tasks.core.canaries.suite import ghz_program
from tasks.core.events import emit
from tasks.core.grouping import Group, group
from tasks.core.quotes import Quote
from tasks.lifecycle import canaries
from tasks.lifecycle.canaries import Checked, Suite
from tasks.lifecycle.experiment import Experiment
from tasks.lifecycle.quote_rows import record
from tasks.lifecycle.runtime import open_runtime


def chain(n_qubits: int) -> tuple[Program, tuple[Group, ...]]:
    """Return the program whose best chain of qubits the canaries run on, and how it is measured."""
    program = ghz_program(n_qubits)
    return program, group(program.observable)


@task(name="design", cache_policy=NO_CACHE)
def design(experiment: Experiment, *, run: Run) -> Suite:
    """Make the circuits, and land them."""
    suite = canaries.designed(experiment, asked=run.asked)
    canaries.land_programs(suite, runtime=open_runtime(home()))
    return suite


@task(name="quote", cache_policy=NO_CACHE)
def quote(suite: Suite) -> Quote:
    """Price all canaries before the first is bought."""
    runtime, experiment = open_runtime(home()), suite.experiment
    run = runtime.journal.run(experiment.run_id)
    return record({experiment.target: canaries.quoted(suite)}, run=run, runtime=runtime)


@task(name="plan", cache_policy=NO_CACHE)
def plan(suite: Suite) -> tuple[Execution, ...]:
    """Turn the circuits into executions."""
    return canaries.planned(suite)


@task(name="check", cache_policy=NO_CACHE)
def check(suite: Suite, *, collected: Sequence[Collected], run: Run) -> Checked:
    """Compare what came out with what the calibration predicts, and land both."""
    runtime = open_runtime(home())
    found = canaries.checked(suite, collected, runtime=runtime)
    canaries.land(suite, collected, found, run=run, runtime=runtime)
    return found


@task(name="judge", cache_policy=NO_CACHE)
def judge(found: Checked, *, run: Run) -> Standing:
    """Degrade the device if a canary failed; else take back what canaries have said of it."""
    standing = stood(run.target, found.scores, now=found.at)
    open_runtime(home()).journal.stand(standing)
    emit("device.judged", target=run.target, state=standing.state, reason=standing.reason)
    return standing


@task(name="summarise", cache_policy=NO_CACHE)
def summarise(
    suite: Suite, *, found: Checked, standing: Standing, run: Run, quoted: Quote
) -> dict[str, Any]:
    """Return the run's answer."""
    runtime = open_runtime(home())
    return canaries.result(suite, found, standing, run=run, plan=quoted, runtime=runtime)
