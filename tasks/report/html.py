"""The report of a run, from what the journal holds of it; made again whenever it is asked for."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path

from datasets.files.writing import replace_file
from datasets.home import Home
from datasets.records.devices import DeviceKind
from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.context.pinned_inputs import is_pinned
from tasks.context.runtime import Runtime
from tasks.errors import BadInput, StorageFault
from tasks.report.artifact import shown_of
from tasks.report.drawing.device_map import device_map
from tasks.report.presenter import Ended, Plots


def write_report(run_id: RunId, *, runtime: Runtime, plots: Plots | None = None) -> Path:
    """Write the run's HTML file, whole or not at all, and return its path.

    `plots` are the run's, where they are drawn already.

    Raises:
        BadInput: the run has no result to report yet.
        StorageFault: the file cannot be written.
    """
    ended = Ended.of(run_id, runtime=runtime)
    html = shown_of(ended.run.flow).html
    if html is None:
        flow = ended.run.flow
        message = f"Run {run_id} is of {flow}, which has no report. `qrt show {run_id}` has all."
        raise BadInput(message)
    drawn = plots_of(ended) if plots is None else plots
    page = html(ended, drawn, _device(ended))
    path = runtime.home.report_of(run_id)
    try:
        replace_file(path, page)
    except OSError as error:
        message = (
            f"The report cannot be written to {path}: {error.strerror}. "
            "Check the space and rights there."
        )
        raise StorageFault(message) from error
    return path


def keep_fonts(home: Home) -> None:
    """Have matplotlib keep its font list here, and not in the user's own folders."""
    os.environ.setdefault("MPLCONFIGDIR", str(home.cache / "matplotlib"))
    # That it makes the list is no news for whoever waits for a plot.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)


def plots_of(ended: Ended) -> Plots:
    """Return the plots of what a run measured: a sweep's values, a batch's counts, or cuts."""
    keep_fonts(ended.runtime.home)
    return shown_of(ended.run.flow).plots(ended)


def _device(ended: Ended) -> str:
    """Return a map of each of a run's devices with its qubits ringed; a simulator has none."""
    result, runtime = ended.result, ended.runtime
    used = {on["target"]: on.get("qubits", ()) for on in result.get("targets", [result])}
    return "".join(
        _map_of(here, used.get(here.target, ()), runtime=runtime) for here in ended.run.apart
    )


def _map_of(run: Run, qubits: Sequence[int], *, runtime: Runtime) -> str:
    if not is_pinned(run, pins=runtime.pins(run.run_id)):
        return ""  # its inputs were removed: the report needs no device, and no provider
    snapshot = runtime.published(run)
    return "" if snapshot.kind is DeviceKind.SIMULATOR else device_map(snapshot, outlined=qubits)
