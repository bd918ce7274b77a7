"""What a run was given, kept as it was: a resumed run never reads a file that has changed since."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from datasets.devices.document import read_snapshot, write_snapshot
from datasets.devices.text_file import write_text
from datasets.file_reading import read_text
from datasets.file_writing import make_folder, move_file
from datasets.layout import Home
from datasets.problems.catalogue import load
from datasets.problems.document import parse, write
from datasets.problems.graph_catalogue import load_graph
from datasets.problems.graph_document import parse_graph, write_graph
from datasets.records.devices import CalibrationId, DeviceSnapshot
from datasets.records.executions import RunId
from datasets.records.graphs import Graph
from datasets.records.problems import Problem
from datasets.records.runs import Run
from tasks.core.identity import digest
from tasks.errors import StorageFault

_OF_THE_DEVICE: Final = ("device", "earlier", "readout", "warning", "compiled")


def pinned_problem(run: Run, name: str, *, home: Home) -> Problem:
    """Return the problem as it was when the run first asked for it."""
    path = _pinned(run.run_id, "problem.json", lambda: write(load(name)), home=home)
    return parse(read_text(path).encode(), origin=str(path))


def pinned_graph(run: Run, name: str, *, home: Home) -> Graph:
    """Return the graph as it was when the run first asked for it."""
    path = _pinned(run.run_id, "graph.json", lambda: write_graph(load_graph(name)), home=home)
    return parse_graph(read_text(path).encode(), origin=str(path))


def pinned_snapshot(
    run: Run,
    *,
    home: Home,
    used: CalibrationId | None,
    look: Callable[[], DeviceSnapshot],
) -> DeviceSnapshot:
    """Return the run's device as it was when the run first asked for it; then it has a `look`.

    `used` is the calibration of the run's executions, where it has any.

    Raises:
        StorageFault: the run has executions, and what they were compiled for is not kept.
    """
    name = of_target("device", run)
    path = _pinned(run.run_id, name, lambda: write_snapshot(_found(run, look, used)), home=home)
    return read_snapshot(read_text(path), origin=str(path))


def is_pinned(run: Run, *, home: Home) -> bool:
    """Whether the run's device is kept as it was."""
    return (home.inputs_of(run.run_id) / of_target("device", run)).exists()


def pinned_readout(run: Run, choose: Callable[[], str], *, home: Home) -> str:
    """Return which readout calibration the run uses, as it was first decided."""
    return read_text(_pinned(run.run_id, of_target("readout", run), choose, home=home))


def set_aside(run_id: RunId, *, number: int, home: Home) -> None:
    """Keep what the run knew of its device under another name: it is to have another one."""
    for name in _OF_THE_DEVICE:
        path = home.inputs_of(run_id) / f"{name}.json"
        if path.exists():
            move_file(path, path.with_name(f"{name}-{number}.json"))


def pinned_account(run_id: RunId, account: str, *, home: Home) -> str:
    """Return the account that the run first bought in; that is `account` if it never did."""
    return read_text(_pinned(run_id, "account.txt", lambda: account, home=home)).strip()


def pinned_warning(run: Run, text: str, *, home: Home) -> str:
    """Return what was said of the run's device when it was first admitted; that is `text` then."""
    path = _pinned(run.run_id, of_target("warning", run), lambda: json.dumps(text), home=home)
    return str(json.loads(read_text(path)))


def of_target(what: str, run: Run) -> str:
    """Return the name of a file that each target of a run has for itself."""
    return f"{what}.json" if len(run.apart) == 1 else f"{what}-{digest(run.target)[:16]}.json"


def _found(
    run: Run, look: Callable[[], DeviceSnapshot], used: CalibrationId | None
) -> DeviceSnapshot:
    found = look()
    if used not in {None, found.calibration_id}:
        message = (
            f"Run {run.run_id} was compiled for calibration {used:.12}... of {found.name}, which "
            "is no longer in force, nor kept in inputs/. Restore that folder, or start a new run."
        )
        raise StorageFault(message)
    return found


def _pinned(run_id: RunId, name: str, make: Callable[[], str], *, home: Home) -> Path:
    path = home.inputs_of(run_id) / name
    if not path.exists():
        content = make()
        make_folder(path.parent)
        write_text(path, content, replace=False)
    return path
