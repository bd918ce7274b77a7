"""Decide whether a published figure can be true.

Limits, and why:

* Exactly 1 is refused: no gate or readout is perfect; a fit that ran into its bound says 1.
* A one-qubit fidelity must be above 0.9. The worst that belonged to a calibrated qubit in the
  documents at hand is 0.949 (Emerald 46, 2025-11-06, with T2 of 0.4 us); 0.79 was once published
  for a whole trapped-ion device whose two-qubit gate was far better, which cannot be.
* A two-qubit fidelity must be above 0.5: a Bell pair made with less is not entangled. The worst
  believable one at hand is 0.867 (Cepheus 15-16, 2026-05-05).
* A readout fidelity must be above 0.5, where it becomes a coin; a readout error below 0.5.
* 0.5 with a standard error of 1 is Rigetti's mark for "not calibrated", a time of 0 is IQM's.
"""

import math
from dataclasses import dataclass
from typing import Final

from datasets.records.devices import Figure, Flag

SENTINEL_FIDELITY: Final = 0.5
SENTINEL_STDERR: Final = 0.5
ONE_QUBIT_MIN: Final = 0.9
TWO_QUBIT_MIN: Final = 0.5
READOUT_MIN: Final = 0.5
READOUT_ERROR_MAX: Final = 0.5

_LEAST: Final = {"one_qubit_fidelity": ONE_QUBIT_MIN, "readout_fidelity": READOUT_MIN}
_ERRORS: Final = frozenset({"p1_given_0", "p0_given_1"})
_TIMES: Final = frozenset({"t1_s", "t2_s"})


@dataclass(frozen=True, slots=True)
class Claim:
    """What a document says: any JSON value; `scale` turns it into seconds or a fraction."""

    value: object
    stderr: object = None
    scale: float | None = 1.0


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a claim is not believed; the numbers are None when they are not finite numbers."""

    flag: Flag
    reason: str
    value: float | None = None
    stderr: float | None = None


def judge(claim: Claim, *, metric: str) -> Figure | Fault:
    """Return the figure that the claim makes, or why it is not used.

    A standard error that is absent, negative, zero or not a number says nothing and becomes None.
    """
    value, stderr = _number(claim.value), _number(claim.stderr)
    if value is None or claim.scale is None:
        what = "unit" if claim.scale is None else "value"
        return Fault(Flag.IMPLAUSIBLE, f"the {what} is not a finite number in known units")
    value = value * claim.scale
    stderr = None if stderr is None or stderr <= 0 else stderr * claim.scale
    found = _time_fault(value) if metric in _TIMES else _fraction_fault(value, stderr, metric)
    if found is not None:
        return Fault(found[0], found[1], value, stderr)
    return Figure(value, stderr)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _time_fault(value: float) -> tuple[Flag, str] | None:
    if value == 0:
        return Flag.SENTINEL, "a time of 0 marks a failed measurement"
    if value < 0:
        return Flag.IMPLAUSIBLE, "a time cannot be negative"
    return None


def _fraction_fault(value: float, stderr: float | None, metric: str) -> tuple[Flag, str] | None:
    if not 0 <= value <= 1:
        return Flag.IMPLAUSIBLE, "it is outside 0 to 1"
    if stderr is not None and stderr >= SENTINEL_STDERR:
        return Flag.SENTINEL, f"a standard error of {stderr:g} marks an uncalibrated element"
    if metric in _ERRORS:
        return _readout_error_fault(value)
    return _fidelity_fault(value, least=_LEAST.get(metric, TWO_QUBIT_MIN))


def _fidelity_fault(value: float, *, least: float) -> tuple[Flag, str] | None:
    if value == SENTINEL_FIDELITY:
        return Flag.SENTINEL, "a fidelity of exactly 0.5 marks an uncalibrated element"
    if value == 1:
        return Flag.IMPLAUSIBLE, "no operation has a fidelity of exactly 1"
    if value <= least:
        return Flag.IMPLAUSIBLE, f"a working element has more than {least:g}"
    return None


def _readout_error_fault(value: float) -> tuple[Flag, str] | None:
    if value == 0:
        return Flag.IMPLAUSIBLE, "no readout has an error of exactly 0"
    if value >= READOUT_ERROR_MAX:
        return Flag.IMPLAUSIBLE, f"a working readout has less than {READOUT_ERROR_MAX:g}"
    return None
