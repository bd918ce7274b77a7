"""The command that repeats a run, from what the run was asked."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from datasets.records.runs import Run
from tasks.context.dispatch import MAX_REMAINDERS
from tasks.program.readouts import MAX_AGE_H
from tasks.requests.circuits import is_path

# Options of commands whose names differ from the flows' parameters, and parameters without one.
_NAMES: Final = {"observables": "observable", "tags": "tag"}
_ONLY_IN_FORMS: Final = frozenset({"policy", "account", "retries"})
_WITHOUT: Final = {
    "canary": ("max_calibration_age_h", "debias", "device_parameters", "mix_calibrations"),
}  # of these flows commands have no such options
_FLOWS: Final = frozenset({"vqe", "qaoa", "sweep", "batch", "canary"})


def repeat_command(run: Run) -> str | None:
    """Return the command that asks for the same again; None where no command can.

    A circuit that was given as text, a block, and what has no option are in a form alone.
    """
    asked = run.asked
    if run.flow not in _FLOWS or _is_of_a_form(run.flow, asked):
        return None
    options = [tuple(_option(name, value)) for name, value in asked.items()]
    words = [word for option in options for word in _apart(option)]
    words += ["--measure-readout"] if asked.get("max_readout_age_h") == 0 else []
    if any("\n" in word for word in words):
        return None
    return shlex.join(["qrt", run.flow, *words])


def _apart(option: Sequence[str]) -> Iterator[str]:
    """Yield words of an option, whose value stands apart unless it looks like an option."""
    flag, *values = option or ("",)
    for value in values:
        yield from (f"{flag}={value}",) if value.startswith("-") else (flag, value)
    if flag and not values:
        yield flag


def _is_of_a_form(flow: str, asked: Mapping[str, Any]) -> bool:
    circuits = [asked.get("circuit", ""), *asked.get("circuits", ())]
    return bool(
        any(asked.get(name) for name in ("policy", "account", *_WITHOUT.get(flow, ())))
        or not all(map(is_path, circuits))
        or asked.get("retries", MAX_REMAINDERS) != MAX_REMAINDERS
        or asked.get("max_readout_age_h", MAX_AGE_H) not in {0, MAX_AGE_H}
    )


def _option(name: str, value: Any) -> Iterator[str]:
    """Yield an option and its values; nothing for one that is not set, or has no option."""
    flag = f"--{_NAMES.get(name, name).replace('_', '-')}"
    unset = value is None or value is False or (not value and isinstance(value, str | list | dict))
    if name in _ONLY_IN_FORMS or unset:
        return
    match name, value:
        case "device_parameters", _:
            yield from (flag, json.dumps(value))
        case "tags", _:
            yield from (flag, *(f"{key}={text}" for key, text in value.items()))
        case "max_calibration_age_h", _:
            yield from ("--max-calibration-age", f"{value}".removesuffix(".0") + "h")
        case "max_readout_age_h", _:
            return
        case "max_usd", _:
            yield from (flag, f"{Decimal(str(value)):f}")
        case _, list():
            yield from (flag, *map(str, value))
        case _:
            yield from (flag,) if value is True else (flag, str(value))
