"""What a run was given, kept as it was: a resumed run never reads a file that has changed since."""

from collections.abc import Callable
from pathlib import Path

from datasets.devices.catalogue import resolve
from datasets.devices.document import read_snapshot, write_snapshot
from datasets.devices.text_file import read_text, write_text
from datasets.layout import Home
from datasets.problems.catalogue import load
from datasets.problems.document import parse, write
from datasets.records.devices import DeviceSnapshot
from datasets.records.problems import Problem
from datasets.records.runs import Run


def pinned_problem(run: Run, name: str, *, home: Home) -> Problem:
    """Return the problem as it was when the run first asked for it."""
    path = _pinned(run, "problem.json", lambda: write(load(name)), home=home)
    return parse(read_text(path).encode(), origin=str(path))


def pinned_snapshot(run: Run, *, home: Home) -> DeviceSnapshot:
    """Return the run's device as it was when the run first asked for it."""
    path = _pinned(run, "device.json", lambda: write_snapshot(resolve(run.target)), home=home)
    return read_snapshot(read_text(path), origin=str(path))


def _pinned(run: Run, name: str, make: Callable[[], str], *, home: Home) -> Path:
    path = home.inputs / run.run_id / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, make(), replace=False)
    return path
