"""Cancel a run in a process of its own, with the settings that the run's own process had.

A worker cancels runs of many accounts: the settings of one are not to reach another's.
"""

import os
import subprocess
import sys
from collections.abc import Mapping

from datasets.home import home
from datasets.records.executions import RunId
from datasets.records.runs import RunState
from tasks.context.runtime import open_runtime
from tasks.errors import ExecutionFailed
from tasks.run.cancellation import cancel_run


def cancel_apart(run_id: RunId, *, settings: Mapping[str, str]) -> None:
    """Do what `qrt cancel` does, under these settings of the environment.

    Raises:
        ExecutionFailed: it could not be done; in the words of the process.
    """
    ended = subprocess.run(  # noqa: S603 - our own module, no shell
        [sys.executable, "-P", "-m", __name__, run_id],
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        said = ended.stderr.strip().splitlines() or ["it says nothing"]
        fault = said[-1].partition(": ")[2] or said[-1]  # its type comes first
        message = f"Run {run_id} could not be cancelled: {fault}"
        raise ExecutionFailed(message)


def main() -> None:
    """Cancel the run of the first argument, if it is open; a fault is the last line of stderr."""
    runtime = open_runtime(home())
    run = runtime.journal.find_run(sys.argv[1])
    if run is not None and run.state is RunState.RUNNING:
        cancel_run(run, runtime=runtime)


if __name__ == "__main__":
    main()
