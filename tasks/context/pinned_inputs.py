"""What a run was given, as values: a resumed run never reads a file that has changed since."""

import json
from collections.abc import Callable
from typing import Final

from datasets.devices.document import read_snapshot, write_snapshot
from datasets.problems.catalogue import load
from datasets.problems.document import parse, write
from datasets.problems.given_file import looks_like_path
from datasets.problems.graph_catalogue import load_graph
from datasets.problems.graph_document import parse_graph, write_graph
from datasets.records.devices import CalibrationId, DeviceSnapshot
from datasets.records.graphs import Graph
from datasets.records.problems import Problem
from datasets.records.runs import Run
from tasks.context.pins import Pins
from tasks.core.identity import digest
from tasks.errors import StorageFault

_OF_THE_DEVICE: Final = ("device", "earlier", "readout", "warning", "compiled")


def pinned_problem(name: str, *, pins: Pins) -> Problem:
    """Return the problem as it was when the run first asked for it.

    The first release kept none. What it has begun with a bundled one goes on with that, which no
    file can have changed; on a device it is held against what the run was compiled to.
    """
    bundled = not looks_like_path(name, ".json")
    text = pins.text("problem.json", lambda: write(load(name)), late=bundled)
    return parse(text.encode(), origin="problem.json")


def pinned_graph(name: str, *, pins: Pins) -> Graph:
    """Return the graph as it was when the run first asked for it."""
    text = pins.text("graph.json", lambda: write_graph(load_graph(name)))
    return parse_graph(text.encode(), origin="graph.json")


def pinned_snapshot(
    run: Run,
    *,
    pins: Pins,
    used: CalibrationId | None,
    look: Callable[[], DeviceSnapshot],
) -> DeviceSnapshot:
    """Return the run's device as it was when the run first asked for it; then it has a `look`.

    `used` is the calibration of the run's executions, where it has any.

    Raises:
        StorageFault: the run has executions, and what they were compiled for is not kept.
    """
    name = of_target("device", run)
    text = pins.text(name, lambda: write_snapshot(_found(run, look, used)), late=True)
    return read_snapshot(text, origin=name)


def is_pinned(run: Run, *, pins: Pins) -> bool:
    """Whether the run's device is kept as it was."""
    return pins.find(of_target("device", run)) is not None


def pinned_readout(run: Run, choose: Callable[[], str], *, pins: Pins) -> str:
    """Return the readout calibration that the run was first given."""
    return pins.text(of_target("readout", run), choose, late=True)


def set_aside(*, number: int, pins: Pins) -> None:
    """Archive the pinned files of the run's device, so that another device can be pinned."""
    pins.give_names({f"{name}.json": f"{name}-{number}.json" for name in _OF_THE_DEVICE})


def pinned_account(account: str, *, pins: Pins) -> str:
    """Return the account pinned at the run's first purchase; pins `account` where there is none."""
    return pins.text("account.txt", lambda: account, late=True).strip()


def pinned_warning(run: Run, text: str, *, pins: Pins) -> str:
    """Return the warning pinned at the run's first admission; pins `text` where there is none."""
    found = pins.text(of_target("warning", run), lambda: json.dumps(text), late=True)
    return str(json.loads(found))


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
            "is no longer in force, nor kept with its inputs. Restore its folder in inputs/, or "
            "start a new run."
        )
        raise StorageFault(message)
    return found
