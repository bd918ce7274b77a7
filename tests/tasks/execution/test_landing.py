"""Rows that break their contract are kept aside, and what depends on them stops."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from datasets.devices.catalogue import resolve
from datasets.home import Home
from datasets.problems.catalogue import load
from datasets.records.compiled import CompiledId
from datasets.records.devices import CalibrationId
from datasets.records.executions import Collected, Counts, ExecutionState
from tasks.context.runtime import Runtime, open_runtime
from tasks.core.compilation.compiler import compile_program
from tasks.core.physics.ansatz import build as problem_program
from tasks.core.physics.grouping import group
from tasks.errors import BrokenContract
from tasks.execution.executions import collect, submit
from tasks.execution.landing import land_counts
from tests.tasks.execution.test_executions import DONE, RUN, Provider, an_execution, through
from tests.tasks.workloads.batch.landed_circuits import land_circuit

LATER = datetime.now(UTC) + timedelta(hours=1)  # than the execution was written down

D = "d" * 64

pytestmark = pytest.mark.slow


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    opened = open_runtime(Home(tmp_path))
    opened.journal.begin(RUN)
    snapshot = resolve("local:sv")
    program = problem_program(load("h2"), kind="uccsd")
    bases = [each.basis for each in group(program.observable)]
    compiled = compile_program(program, snapshot=snapshot, bases=bases)
    theirs = replace(compiled, compiled_id=CompiledId("c" * 64), calibration_id=CalibrationId(D))
    land_circuit(opened.lake, program, theirs, snapshot, run_id=RUN.run_id)
    return opened


def bought(runtime: Runtime) -> Collected:
    hexadecimal = replace(an_execution(), compiled_id="c" * 64, calibration_id="d" * 64)  # type: ignore[arg-type]
    outcome = replace(DONE, calibration_id_end="d" * 64, started_at=LATER, ended_at=LATER)
    provider = Provider(outcome=outcome, in_force="d" * 64)
    dispatch = through(provider, runtime.journal)
    submit([hexadecimal], dispatch=dispatch)
    (found,) = collect([hexadecimal], dispatch=dispatch)
    return found


def test_good_rows_are_landed_once(runtime: Runtime) -> None:
    collected = bought(runtime)
    land_counts([collected], runtime=runtime, chunk="estimate")
    land_counts([collected], runtime=runtime, chunk="estimate")
    entry = runtime.journal.execution(collected.execution.execution_id)
    assert entry.state is ExecutionState.LANDED
    assert entry.ended_at == LATER
    assert len(list(runtime.home.lake.rglob("counts/**/*.parquet"))) == 1


def test_bad_rows_are_quarantined_with_a_report_and_nothing_is_published(runtime: Runtime) -> None:
    collected = bought(runtime)
    impossible = replace(
        collected,
        counts=tuple(
            Counts(c.executable, 1, np.array([7], np.uint64), np.array([c.shots], np.uint32))
            for c in collected.counts
        ),
    )
    with pytest.raises(BrokenContract, match="Rows for counts break its contract") as stopped:
        land_counts([impossible], runtime=runtime, chunk="estimate")
    kept = Path(stopped.value.quarantined)
    assert kept.is_file()
    assert kept.with_suffix(".json").is_file()
    assert not list(runtime.home.lake.rglob("counts/**/*.parquet"))
    entry = runtime.journal.execution(collected.execution.execution_id)
    assert entry.state is ExecutionState.COMPLETED
    # Once the cause is mended, the same execution lands.
    land_counts([collected], runtime=runtime, chunk="estimate")
    assert list(runtime.home.lake.rglob("counts/**/*.parquet"))
