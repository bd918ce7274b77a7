"""The mitigations that were asked for, applied together to one point's counts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from datasets.records.executions import Counts, Estimate
from tasks.core.mitigation import readout, zne
from tasks.core.physics.estimation import Mean, energy, term_means
from tasks.core.physics.grouping import Group
from tasks.errors import BadInput, UnknownName


class Technique(StrEnum):
    """A way to take errors out of estimates."""

    READOUT = "readout"
    ZNE = "zne"


NONE = "none"


@dataclass(frozen=True, slots=True)
class Mitigation:
    """A set of techniques; the empty one changes nothing."""

    techniques: frozenset[Technique]

    @classmethod
    def parse(cls, text: str) -> "Mitigation":
        """Read `none`, or names with commas between.

        Raises:
            UnknownName: a name that is not a technique.
            BadInput: a name is repeated.
        """
        names = [name.strip().lower() for name in text.split(",")]
        if names == [NONE]:
            return cls(frozenset())
        known = {technique.value: technique for technique in Technique}
        for name in names:
            if name not in known:
                raise UnknownName("mitigation", name, (NONE, *known, "readout,zne"))
        for name in known:
            if names.count(name) > 1:
                message = f"Mitigation {name} is applied once; got it {names.count(name)} times. "
                raise BadInput(message + f"Name {name} only once.")
        return cls(frozenset(known[name] for name in names))

    @property
    def name(self) -> str:
        """The techniques in their fixed order with commas between, or `none`."""
        return ",".join(t.value for t in Technique if t in self.techniques) or NONE

    @property
    def scales(self) -> tuple[int, ...]:
        """The noise scales that it needs."""
        return zne.SCALES if Technique.ZNE in self.techniques else (1,)

    @property
    def shot_shares(self) -> tuple[float, ...]:
        """How much of the precision each scale should get, for the planner."""
        if Technique.ZNE not in self.techniques:
            return (1.0,)
        return tuple(abs(weight) for weight in zne.planned_weights(self.scales))

    @property
    def parts(self) -> "tuple[Mitigation, ...]":
        """Itself first, then each of its techniques alone, then none: what is worth comparing."""
        alone = tuple(Mitigation(frozenset({t})) for t in Technique if t in self.techniques)
        return tuple(dict.fromkeys((self, *alone, Mitigation(frozenset()))))

    @property
    def in_loop(self) -> "Mitigation":
        """What of it a loop's iterations use: the techniques that need no further executables.

        A noise bias that scales all energies alike does not move the optimum, so extrapolating
        each iteration would buy variance, not a better answer.
        """
        return Mitigation(self.techniques & {Technique.READOUT})


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """All counts of one point: by variant, then by basis."""

    groups: Sequence[Group]
    constant: float
    counts: Mapping[str, Mapping[str, Counts]]

    @property
    def shots(self) -> int:
        """The shots behind it, over all variants and bases."""
        return sum(c.shots for bases in self.counts.values() for c in bases.values())

    @property
    def norm(self) -> float:
        """The norm of what is estimated, as its coefficients give it."""
        sizes = (abs(term.coefficient) for group in self.groups for term in group.terms)
        return math.fsum([abs(self.constant), *sizes])


def estimate_energy(
    sample: Sample, *, mitigation: Mitigation, confusion: readout.Confusion | None
) -> Estimate:
    """Estimate the energy with `mitigation`, beside the raw one from the unscaled counts.

    The standard error holds the shots' share and, in first order, that of the readout calibration,
    which all scales have in common.
    """
    n_qubits = next(iter(sample.counts["raw"].values())).n_qubits
    raw = _at(sample, "raw", readout.ideal(n_qubits))
    corrected = Technique.READOUT in mitigation.techniques and confusion is not None
    weights = confusion.weights if corrected and confusion else readout.ideal(n_qubits)
    best = _extrapolated(sample, mitigation, weights)
    variance = best.stderr**2
    if corrected and confusion:
        moved = [
            _extrapolated(sample, mitigation, other.weights).value - best.value
            for other in readout.perturbations(confusion)
        ]
        variance += float(np.dot(moved, moved))
    return Estimate(
        observable="energy",
        method=mitigation.name,
        value=best.value,
        stderr=float(np.sqrt(variance)),
        raw_value=raw.value,
        raw_stderr=raw.stderr,
        shots=sample.shots,
        overhead=_overhead(variance, raw, sample),
        bound=sample.norm,
    )


def estimate_terms(sample: Sample, *, confusion: readout.Confusion | None) -> tuple[Estimate, ...]:
    """Estimate each Pauli string from the unscaled counts, with and without readout mitigation."""
    counts = sample.counts["raw"]
    n_qubits = next(iter(counts.values())).n_qubits
    raw = term_means(sample.groups, counts, weights=readout.ideal(n_qubits))
    weights = confusion.weights if confusion else readout.ideal(n_qubits)
    method = Technique.READOUT.value if confusion else NONE
    better = term_means(sample.groups, counts, weights=weights)
    basis = {term.pauli: group.basis for group in sample.groups for term in group.terms}
    return tuple(
        Estimate(
            observable=pauli,
            method=method,
            value=mean.value,
            stderr=mean.stderr,
            raw_value=raw[pauli].value,
            raw_stderr=raw[pauli].stderr,
            shots=counts[basis[pauli]].shots,
            overhead=_ratio(mean.stderr**2, raw[pauli].stderr ** 2),
            bound=1.0,
        )
        for pauli, mean in better.items()
    )


def scale_energies(
    sample: Sample, *, confusion: readout.Confusion | None
) -> tuple[tuple[int, float, float], ...]:
    """Return (noise scale, energy, standard error) of each scale: what was extrapolated from.

    The energies are readout corrected where a confusion is given.
    """
    n_qubits = next(iter(sample.counts["raw"].values())).n_qubits
    weights = confusion.weights if confusion else readout.ideal(n_qubits)
    found = [(scale, zne.variant(scale)) for scale in zne.SCALES]
    return tuple(
        (scale, mean.value, mean.stderr)
        for scale, variant in found
        if variant in sample.counts
        for mean in [_at(sample, variant, weights)]
    )


def _at(sample: Sample, variant: str, weights: NDArray[np.float64]) -> Mean:
    counts = sample.counts[variant]
    return energy(sample.groups, counts, constant=sample.constant, weights=weights)


def _extrapolated(sample: Sample, mitigation: Mitigation, weights: NDArray[np.float64]) -> Mean:
    scales = mitigation.scales
    means = [_at(sample, zne.variant(scale), weights) for scale in scales]
    if len(scales) == 1:
        return means[0]
    # A fully mixed state has expectation 0 for every Pauli string but the identity.
    fit = zne.combine(
        scales,
        [mean.value for mean in means],
        [mean.stderr for mean in means],
        asymptote=sample.constant,
    )
    shares = [weight * mean.stderr for weight, mean in zip(fit.weights, means, strict=True)]
    return Mean(fit.value, float(np.sqrt(np.dot(shares, shares))))


def _overhead(variance: float, raw: Mean, sample: Sample) -> float:
    raw_shots = sum(counts.shots for counts in sample.counts["raw"].values())
    return _ratio(variance * sample.shots, raw.stderr**2 * raw_shots)


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else 1.0
