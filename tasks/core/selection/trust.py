"""How far a predicted fidelity is trusted: by the age of the calibration, and by what canaries saw.

A prediction f is a product of fidelities, so that -ln f adds up the errors. If errors are k times
as large as published, what is to be expected is f**k; k is the product of two factors.

**Age.** k = 1 + 2 (1 - exp(-d / 30)) for a calibration of d whole days: 1.4 after a week, 2.3
after a month, at most 3. The compiler takes the best qubits of one day, and those are not the best
for long. In half a year of daily calibrations of a 7-qubit device (ibm_perth, 2023) the two
couplers that were best on some day, and the two best readouts, had errors within 1.7 and 1.5 times
those of that day in 9 of 10 cases a week later, 1.9 and 2.3 times a month later, 1.8 and 4.6 times
two months later. A prediction is to hold in 9 of 10 cases, so these are what is followed. Beyond,
it levels off: errors wander around a level of their own.

**Canaries.** Circuits with a known outcome are right with a chance B by the calibration, and were
in a share S. The errors behind them are ln S / ln B times what was predicted: that is the factor
where a canary has failed, which it does by its p-value and not by noise. Circuits on the chain
count together, and so do readouts; the worse of both stands. Canaries on this very calibration
also show how it is at their time: age counts from then.

What is emulated stands for its device. Only what is no machine, a simulator, is taken at its word.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tasks.core.selection.calibration_age import age_h

GROWTH: Final = 2.0  # by which errors are larger at last
SETTLING_D: Final = 30.0
MOST: Final = 20.0  # times as many errors: nothing is left of a prediction
_LEAST: Final = 1e-6
_READOUT: Final = "readout-"


@dataclass(frozen=True, slots=True)
class CanarySeen:
    """What one canary saw on a device, beside what its calibration promises."""

    circuit: str
    score: float
    baseline: float
    passed: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Trust:
    """The factors by which a device's errors are taken to exceed the published ones, and why."""

    age_factor: float = 1.0
    canary_factor: float = 1.0
    why: tuple[str, ...] = ()

    def expected(self, fidelity: float) -> float:
        """Return the fidelity to expect where the calibration predicts `fidelity`."""
        return float(fidelity ** (self.age_factor * self.canary_factor))

    def told(self, fidelity: float) -> str:
        """Say what was done to a prediction; nothing where it hardly changes."""
        before, now = (f"{each:.3g}" for each in (fidelity, self.expected(fidelity)))
        return f" (lowered from {before}: {', '.join(self.why)})" if before != now else ""


ASSURED: Final = Trust()


def trusted(published_at: datetime, *, canaries: Sequence[CanarySeen], now: datetime) -> Trust:
    """Return how far a calibration is trusted, given the last canaries that ran on it."""
    seen_at = max([published_at, *(each.at for each in canaries)])
    hours = age_h(seen_at, now=now)
    days, factor = int((hours or 0.0) / 24), canary_factor(canaries)
    since = "last canaries" if seen_at > published_at else "calibration"
    why = [f"{since} {days} d old"] if days else []
    why += [f"canaries at {_share(canaries):.2g} of predicted"] if factor > 1 else []
    return Trust(age_factor(days), factor, tuple(why))


def age_factor(days: float) -> float:
    """Return the factor by which errors may exceed the published ones after some days."""
    return 1.0 + GROWTH * (1.0 - math.exp(-max(days, 0.0) / SETTLING_D))


def canary_factor(canaries: Iterable[CanarySeen]) -> float:
    """Return the factor by which errors exceeded the published ones; 1 if no canary has failed."""
    readouts, chain = list[CanarySeen](), list[CanarySeen]()
    for each in canaries:
        (readouts if each.circuit.startswith(_READOUT) else chain).append(each)
    return min(max(1.0, _ratio(chain), _ratio(readouts)), MOST)


def _ratio(canaries: Sequence[CanarySeen]) -> float:
    if all(each.passed for each in canaries):
        return 1.0
    found = math.fsum(math.log(max(each.score, _LEAST)) for each in canaries)
    promised = math.fsum(
        math.log(min(max(each.baseline, _LEAST), 1.0 - _LEAST)) for each in canaries
    )
    return found / promised


def _share(canaries: Sequence[CanarySeen]) -> float:
    """Return the lowest score of a failed canary as a share of its prediction."""
    failed = [each for each in canaries if not each.passed]
    return min(each.score / max(each.baseline, _LEAST) for each in failed)
