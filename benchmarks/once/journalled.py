"""Buy the circuits through the journal: submit, collect, land, settle; run it again to go on.

Usage: python -m benchmarks.once.journalled NUMBER [SINGLE]
The home folder is QRT_HOME. Prints the number of executions with counts in the lake.
"""

import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.once.circuits import ARN, SHOTS, sources
from datasets.home import home
from datasets.lake.views import query
from datasets.records.compiled import CompiledId
from datasets.records.executions import Execution, Purpose, RunId
from datasets.records.runs import Run, RunState
from tasks.context.run_lock import claim
from tasks.context.runtime import Runtime, open_runtime
from tasks.core.planning.actions import Unit
from tasks.core.planning.orders import Copy, Setting, order
from tasks.errors import ExecutionFailed, RuntimeFault
from tasks.execution.executions import collect, submit
from tasks.execution.landing import land_counts
from tasks.run.closing import close

RUN_ID = RunId("0" * 32)
TARGET = f"braket:{ARN}"


def main() -> int:
    """Take the run up and bring it to its end, or to the fault that stops it."""
    number = int(sys.argv[1])
    runtime = open_runtime(home())
    claim(RUN_ID, home=runtime.home)
    run = Run(RUN_ID, "batch", "default", TARGET, 1, "{}", datetime.now(UTC))
    try:
        execute(runtime.journal.begin(run), number=number, runtime=runtime)
    except RuntimeFault as fault:
        close(RUN_ID, RunState.FAILED, runtime=runtime, failure=str(fault))
        sys.stderr.write(f"{fault}\n")
        if not isinstance(fault, ExecutionFailed):
            return 1  # it can be started again; a failed execution stays failed
    memory_kb = _peak_kb()
    (found,) = query(runtime.home.lake, "SELECT count(DISTINCT execution_id) FROM counts").rows
    sys.stdout.write(f"{found[0]} executions landed, {memory_kb // 1024} MB\n")
    return 0


def _peak_kb() -> int:
    """Return the most memory that this program has had; getrusage counts its parent's too."""
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0])


def execute(run: Run, *, number: int, runtime: Runtime) -> None:
    """Buy what is not bought, wait for what is not here, and land it once."""
    dispatch = runtime.dispatch(run)
    executions = planned(run, number=number, runtime=runtime)
    submit(executions, dispatch=dispatch)
    collected = collect(executions, dispatch=dispatch)
    land_counts(collected, runtime=runtime, chunk="all")
    close(run.run_id, RunState.COMPLETED, runtime=runtime, result="{}")


def planned(run: Run, *, number: int, runtime: Runtime) -> list[Execution]:
    """Return an execution a circuit, of one task each, as a batch of the SDK's has them."""
    snapshot = runtime.snapshot(run)
    limits = replace(snapshot.limits, program_set_executables=None, program_set_shots=None)
    setting = Setting(run.run_id, run.seed, run.target, Purpose.ESTIMATE)
    return [
        order(
            [Copy(Unit(source, ()), index, "ZZ", "raw", SHOTS)],
            setting=setting,
            seed=index,
            compiled_id=CompiledId("0" * 64),
            snapshot=replace(snapshot, limits=limits),
        )
        for index, source in enumerate(sources(number))
    ]


if __name__ == "__main__":
    sys.exit(main())
