"""Whether a device keeps its word: what came out, beside what its calibration promises.

A canary's failures are counted. If the device is as its calibration says they are binomial, with
the chance that the calibration's noise model gives, so the chance of as many or more is exact; a
device may have `tolerance` more failures than that. All canaries of a device together cry wolf with
a chance of `level` at most (Bonferroni): each is held to its share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.records.executions import Counts
from datasets.records.states import Authority, DeviceState, Standing
from tasks.core.canaries.suite import Bundle, Canary
from tasks.core.mitigation import readout

LEVEL: Final = 0.01
NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Score:
    """One canary's outcome: the share of right shots, and the share that was expected."""

    circuit: str
    shots: int
    score: float
    baseline: float
    p_value: float
    passed: bool = True


def scores(
    bundle: Bundle,
    *,
    counts: Mapping[str, Counts],
    expected: Mapping[str, NDArray[np.float64]],
    tolerance: float,
) -> tuple[Score, ...]:
    """Score a bundle; `counts` and the `expected` outcome probabilities are by variant.

    Of a readout bundle each qubit is a canary of its own, `readout-q3`.
    """
    if bundle.is_readout:
        return _qubits(bundle, counts=counts, expected=expected, tolerance=tolerance)
    return tuple(
        _score(
            canary.name,
            shots=counts[canary.variant].shots,
            right=_right(canary, counts[canary.variant]),
            baseline=float(expected[canary.variant][sorted(canary.right)].sum()),
            tolerance=tolerance,
        )
        for canary in bundle.canaries
    )


def judged(every: Sequence[Score], *, level: float = LEVEL) -> tuple[Score, ...]:
    """Return the scores of one device with those that fail marked."""
    share = level / max(len(every), 1)
    return tuple(replace(score, passed=score.p_value > share) for score in every)


def stood(target: str, every: Sequence[Score], *, now: datetime) -> Standing:
    """Return what the canaries say of a device; it holds until the next ones."""
    failed = sorted((s for s in every if not s.passed), key=lambda s: s.p_value)
    if not failed:
        reason = f"all {len(every)} canaries passed"
        return Standing(target, reason=reason, set_by=Authority.CANARY, since=now)
    told = "; ".join(
        f"{s.circuit} is right in {s.score:.1%}, expected {s.baseline:.1%} (p = {s.p_value:.1g})"
        for s in failed[:NAMED]
    )
    reason = f"{len(failed)} of {len(every)} canaries failed: {told}"
    return Standing(target, DeviceState.DEGRADED, reason=reason, set_by=Authority.CANARY, since=now)


def _qubits(
    bundle: Bundle,
    *,
    counts: Mapping[str, Counts],
    expected: Mapping[str, NDArray[np.float64]],
    tolerance: float,
) -> tuple[Score, ...]:
    zeros, ones = (counts[variant] for variant in readout.VARIANTS)
    read_one = [readout.share_of_ones(found) for found in (zeros, ones)]
    known_one = [_chance_of_one(expected[variant]) for variant in readout.VARIANTS]
    shots = zeros.shots + ones.shots
    return tuple(
        _score(
            f"readout-q{label}",
            shots=shots,
            right=round((1 - read_one[0][i]) * zeros.shots + read_one[1][i] * ones.shots),
            baseline=float(
                ((1 - known_one[0][i]) * zeros.shots + known_one[1][i] * ones.shots) / shots
            ),
            tolerance=tolerance,
        )
        for i, label in enumerate(bundle.compiled.measured_qubits)
    )


def _score(name: str, *, shots: int, right: int, baseline: float, tolerance: float) -> Score:
    from scipy.stats import binom

    baseline = min(max(baseline, 0.0), 1.0)
    chance = min((1.0 - baseline) * (1.0 + tolerance), 1.0)
    p_value = float(binom.sf(shots - right - 1, shots, chance))
    return Score(name, shots, right / shots, baseline, min(max(p_value, 0.0), 1.0))


def _right(canary: Canary, counts: Counts) -> int:
    wanted = np.array(sorted(canary.right), dtype=np.uint64)
    return int(counts.counts[np.isin(counts.outcomes, wanted)].sum())


def _chance_of_one(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each qubit's chance to be read as 1: (n_qubits,) from (2**n_qubits,)."""
    outcomes = np.arange(len(probabilities))
    n_qubits = len(probabilities).bit_length() - 1
    return np.array([probabilities[outcomes >> i & 1 == 1].sum() for i in range(n_qubits)])
