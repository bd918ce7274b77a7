"""Record how each run was opened outside of the journal, to restore runs that a journal has lost.

A journal can be lost, or come back from a backup. A run's request lies beside its inputs in the
home, and in the lake once a run buys or has ended.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from datasets.devices.text_file import write_text
from datasets.files.reading import read_text
from datasets.files.writing import make_folder
from datasets.records.executions import RunId
from datasets.records.names import RUN_ID
from datasets.records.runs import Run, RunState
from datasets.records.targets import SOLD_BEFORE
from tasks.backends.targets import is_bought
from tasks.context.runtime import Runtime
from tasks.core.identity import canonical
from tasks.errors import BadInput
from tasks.run.closing import land_state

FILE: Final = "run.json"
_ASKED: Final = ("run_id", "flow", "tenant", "target", "seed", "parameters", "streams")
_LATER: Final = "streams"  # which the first runs that were written down lack
_TIMES: Final = ("started_at", "opened_at")
_ENDING: Final = ("quote_usd", "result", "failure", "ended_at")
_TO_BE_CHOSEN: Final = "auto"
_FIRST_STREAMS: Final = 1  # of runs that were landed before rows said it


def write_down(run: Run, *, runtime: Runtime) -> None:
    """Keep what a run is opened with, the first time."""
    path = runtime.home.inputs_of(run.run_id) / FILE
    if path.exists():
        return
    make_folder(path.parent)
    told = {name: getattr(run, name) for name in _ASKED}
    times = {name: _text(getattr(run, name)) for name in _TIMES}
    write_text(path, canonical(told | times).decode(), replace=False)
    if any(map(is_bought, run.targets)) or run.target.startswith(_TO_BE_CHOSEN):
        land_state(run, runtime=runtime)


def restored(run_id: RunId, *, runtime: Runtime) -> Run | None:
    """Return the run of that id, which the journal has from now on if home or lake know it."""
    known = runtime.journal.find_run(run_id)
    if known is None and (found := _found(run_id, runtime=runtime)):
        return runtime.journal.restore(found)
    return known


def lost_run(beginning: str, *, runtime: Runtime) -> RunId | None:
    """Return the one run that only home or lake know whose id begins so."""
    found = [one for one in unknown_ids(runtime) if beginning and one.startswith(beginning)]
    return found[0] if len(found) == 1 else None


def unknown_ids(runtime: Runtime) -> Sequence[RunId]:
    """Return the ids that home or lake know, and the journal does not."""
    return runtime.journal.unknown([*_at_home(runtime), *_in_lake(runtime)])


def lost_runs(runtime: Runtime) -> Iterator[Run]:
    """Yield the runs that only home or lake know, as recorded there."""
    for run_id in unknown_ids(runtime):
        if found := _found(run_id, runtime=runtime):
            yield found


def restore_own(runtime: Runtime) -> list[Run]:
    """Take up the runs of this home that the journal has lost; return them.

    Those that only the lake knows may be of another journal: whoever resumes one takes it up.
    """
    ours = runtime.journal.unknown(list(_at_home(runtime)))
    return [run for one in ours if (run := restored(one, runtime=runtime))]


def _found(run_id: RunId, *, runtime: Runtime) -> Run | None:
    """Return a run as the lake has it last, or as it was opened."""
    path = runtime.home.inputs_of(run_id) / FILE
    rows = runtime.lake.rows_of("runs", run_id)
    row = max(rows, key=lambda one: one.get("number") or 0, default=None)
    opened = _written_down(path, run_id=run_id)
    told = opened or row
    if told is None:
        return None
    asked: dict[str, Any] = {name: told.get(name) for name in _ASKED}
    times: dict[str, Any] = {name: _moment(told.get(name)) for name in _TIMES}
    run = Run(**asked | times | {"streams": int(told.get("streams") or _FIRST_STREAMS)})
    return replace(run, **_ending(row)) if row else run


def _written_down(path: Path, *, run_id: RunId) -> dict[str, Any] | None:
    """Return what a run was opened with; nothing where that is not there, or not whole."""
    with suppress(BadInput, ValueError):
        told = json.loads(read_text(path)) if path.exists() else None
        if (
            isinstance(told, dict)
            and told.get("run_id") == run_id
            and {*_ASKED} - {_LATER} <= {*told}
        ):
            return told
    return None


def _ending(row: dict[str, Any]) -> dict[str, Any]:
    ended = {name: row[name] for name in _ENDING} | _money(row)
    return ended | {"state": RunState(row["state"]), "parameters": row["parameters"]}


def _money(row: dict[str, Any]) -> dict[str, Any]:
    """Return what was charged and what it would cost; older rows have one sum for both."""
    cost_usd, what_if_usd = row["cost_usd"], row.get("what_if_usd")
    if cost_usd is None or what_if_usd is not None or SOLD_BEFORE in row["target"]:
        return {"cost_usd": cost_usd, "what_if_usd": what_if_usd}
    return {"cost_usd": cost_usd * 0, "what_if_usd": cost_usd}


def _at_home(runtime: Runtime) -> Iterator[RunId]:
    for path in sorted(runtime.home.inputs.glob(f"*/{FILE}")):
        if RUN_ID.fullmatch(path.parent.name):
            yield RunId(path.parent.name)


def _in_lake(runtime: Runtime) -> Iterator[RunId]:
    for name in sorted(runtime.lake.folders("runs")):
        if RUN_ID.fullmatch(name):
            yield RunId(name)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(told: Any) -> datetime | None:
    return datetime.fromisoformat(told) if isinstance(told, str) else told
