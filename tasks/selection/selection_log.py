"""The devices that were chosen for a run, kept with its inputs: the last one is in force."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Final

from tasks.context.pins import Pins

_NAME: Final = "choices.json"


@dataclass(frozen=True, slots=True)
class Chosen:
    """One choice, and why it was made; `lost` says why the device was given up afterwards."""

    target: str
    policy: str
    reason: str
    lost: str = ""


def choices(pins: Pins) -> tuple[Chosen, ...]:
    """Return the choices of a run, first to last; none where its target was named."""
    found = pins.find(_NAME)
    return () if found is None else tuple(Chosen(**entry) for entry in json.loads(found))


def add_choice(chosen: Chosen, *, pins: Pins) -> None:
    """Put a choice behind the others."""
    _write((*choices(pins), chosen), pins)


def give_up(*, why: str, pins: Pins) -> None:
    """Write down that the device in force is lost."""
    *before, last = choices(pins)
    _write((*before, replace(last, lost=why)), pins)


def story(pins: Pins) -> str:
    """Say which device was chosen and which were lost, in sentences; nothing of a named one."""
    told = []
    for chosen in choices(pins):
        told.append(chosen.reason)
        if chosen.lost:
            told.append(f"{chosen.target} was then lost: {chosen.lost.rstrip('. ')}.")
    return " ".join(told)


def _write(entries: tuple[Chosen, ...], pins: Pins) -> None:
    text = json.dumps([asdict(entry) for entry in entries], indent=1, ensure_ascii=False)
    pins.replace(_NAME, f"{text}\n")
