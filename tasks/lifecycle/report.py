"""The report of a run, from what the journal holds of it; made again whenever it is asked for."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.core.reports.page import vqe_page
from tasks.errors import BadInput, StorageFault
from tasks.lifecycle.runtime import Runtime


def write_report(run_id: RunId, *, runtime: Runtime) -> Path:
    """Write the run's HTML file, whole or not at all, and return its path.

    Raises:
        BadInput: the run has no result to report yet.
        StorageFault: the file cannot be written.
    """
    run = runtime.journal.run(run_id)
    result = result_of(run)
    # Matplotlib keeps a font list; by default in the user's own folders.
    os.environ.setdefault("MPLCONFIGDIR", str(runtime.home.cache / "matplotlib"))
    stood = [iteration.energies[0] for iteration in runtime.journal.iterations(run.run_id)]
    page = vqe_page(
        result,
        parameters=json.loads(run.parameters),
        energies=[value for value, _ in stood],
        stderrs=[stderr for _, stderr in stood],
        started=f"{run.started_at:%Y-%m-%d %H:%M} UTC",
    )
    path = runtime.home.reports / f"{run.run_id}.html"
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(page, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        message = f"The report cannot be written to {path}: {error.strerror}. Free space there."
        raise StorageFault(message) from error
    return path


def markdown(run_id: RunId, *, runtime: Runtime) -> str:
    """Return the run's energies as a short table for the Prefect UI."""
    result = result_of(runtime.journal.run(run_id))
    exact = result["exact_energy"]
    rows = [
        ("mitigated", f"{result['energy']:.5f} ± {result['stderr']:.5f}"),
        ("raw", f"{result['raw_energy']:.5f} ± {result['raw_stderr']:.5f}"),
        ("exact", "not known" if exact is None else f"{exact:.5f}"),
        ("cost", f"{result['cost_usd']:.2f} USD at published prices"),
        ("qubits", result["reason"]),
        ("report", f"`{result['report']}`"),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"# {result['problem']} on {result['target']}\n\n| | |\n|---|---|\n{table}\n"


def result_of(run: Run) -> Mapping[str, Any]:
    """Return a run's answer.

    Raises:
        BadInput: it has none.
    """
    if run.result is None:
        message = (
            f"Run {run.run_id} is {run.state} and has no result. "
            f"`qrt resume {run.run_id}` goes on with it."
        )
        raise BadInput(message)
    answer: Mapping[str, Any] = json.loads(run.result)
    return answer
