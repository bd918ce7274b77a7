"""The devices that were chosen for a run, kept beside its inputs: the last one is in force."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from datasets.devices.text_file import write_text
from datasets.file_reading import read_text
from datasets.file_writing import make_folder
from datasets.layout import Home
from datasets.records.executions import RunId


@dataclass(frozen=True, slots=True)
class Chosen:
    """One choice, and why it was made; `lost` says why the device was given up afterwards."""

    target: str
    policy: str
    reason: str
    lost: str = ""


def choices(run_id: RunId, *, home: Home) -> tuple[Chosen, ...]:
    """Return the choices of a run, first to last; none where its target was named."""
    path = _path(run_id, home)
    if not path.exists():
        return ()
    return tuple(Chosen(**entry) for entry in json.loads(read_text(path)))


def add_choice(run_id: RunId, chosen: Chosen, *, home: Home) -> None:
    """Put a choice behind the others."""
    _write(run_id, (*choices(run_id, home=home), chosen), home)


def give_up(run_id: RunId, *, why: str, home: Home) -> None:
    """Write down that the device in force is lost."""
    *before, last = choices(run_id, home=home)
    _write(run_id, (*before, replace(last, lost=why)), home)


def story(run_id: RunId, *, home: Home) -> str:
    """Say which device was chosen and which were lost, in sentences; nothing of a named one."""
    told = []
    for chosen in choices(run_id, home=home):
        told.append(chosen.reason)
        if chosen.lost:
            told.append(f"{chosen.target} was then lost: {chosen.lost.rstrip('. ')}.")
    return " ".join(told)


def _write(run_id: RunId, entries: tuple[Chosen, ...], home: Home) -> None:
    path = _path(run_id, home)
    make_folder(path.parent)
    text = json.dumps([asdict(entry) for entry in entries], indent=1, ensure_ascii=False)
    write_text(path, f"{text}\n", replace=True)


def _path(run_id: RunId, home: Home) -> Path:
    return home.inputs_of(run_id) / "choices.json"
