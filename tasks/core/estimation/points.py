"""Estimate every observable at every point of a block of counts, without a loop over points."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.records.blocks import CountsBlock
from datasets.records.problems import Hamiltonian, PauliTerm
from tasks.core.estimation.observables import Observable
from tasks.core.mitigation import readout, zne
from tasks.core.mitigation.composition import Mitigation, Technique
from tasks.core.physics.estimation import reach, variance_of_mean
from tasks.core.physics.grouping import Group, group
from tasks.core.physics.hamiltonian import merge, norm
from tasks.core.physics.pauli import weight

MAX_TABLE_QUBITS = 16  # up to here a value for each possible outcome costs less than a sort

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Values of one observable at the points of a block, each (n_points,).

    `shots` are those of each circuit that the values are made of; where they differ, the fewest. As
    in `datasets.records.executions.Estimate`, for many points.
    """

    observable: str
    method: str
    value: Values
    stderr: Values
    raw_value: Values
    raw_stderr: Values
    shots: NDArray[np.int64]
    overhead: Values
    bound: float


@dataclass(frozen=True, slots=True, eq=False)
class _Mean:
    """Sample means and the squares of their standard errors, each (n_points,)."""

    value: Values
    variance: Values


def groups_of(observables: Sequence[Observable]) -> tuple[Group, ...]:
    """Return measurement groups that serve all observables together."""
    n_qubits = observables[0].hamiltonian.n_qubits
    terms = [term for each in observables for term in each.hamiltonian.terms]
    heaviest: dict[str, float] = {}
    for term in terms:
        heaviest[term.pauli] = max(heaviest.get(term.pauli, 0.0), abs(term.coefficient))
    found = [PauliTerm(pauli, size) for pauli, size in heaviest.items() if weight(pauli) and size]
    return group(Hamiltonian(n_qubits, tuple(found)))


def combined(observables: Sequence[Observable]) -> Hamiltonian:
    """Return the sum of all observables, which stands for them where one is asked for."""
    terms = [(t.pauli, t.coefficient) for o in observables for t in o.hamiltonian.terms]
    return merge(terms, n_qubits=observables[0].hamiltonian.n_qubits)


def estimate(
    block: CountsBlock,
    *,
    observables: Sequence[Observable],
    groups: Sequence[Group],
    mitigation: Mitigation,
    confusion: readout.Confusion | None,
) -> tuple[Estimates, ...]:
    """Estimate each observable with `mitigation`, beside the raw value of the unscaled counts."""
    ideal = readout.ideal(block.n_qubits)
    corrected = Technique.READOUT in mitigation.techniques and confusion is not None
    weights = confusion.weights if corrected and confusion else ideal
    shots = block.shots
    raw_forms = [i for i, form in enumerate(block.forms) if form.variant == "raw"]
    found: list[Estimates] = []
    for observable in observables:
        measured = _Measured(block, observable.hamiltonian, tuple(groups), shots)
        raw = measured.at("raw", ideal)
        best = _extrapolated(measured, mitigation, weights)
        variance = best.variance
        if corrected and confusion:
            for other in readout.perturbations(confusion):
                moved = _extrapolated(measured, mitigation, other.weights)
                variance = variance + (moved.value - best.value) ** 2
        spent = shots.sum(axis=1)
        used = measured.forms(scales=mitigation.scales)
        found.append(
            Estimates(
                observable=observable.name,
                method=mitigation.name,
                value=best.value,
                stderr=np.sqrt(variance),
                raw_value=raw.value,
                raw_stderr=np.sqrt(raw.variance),
                shots=shots[:, used].min(axis=1).astype(np.int64),
                overhead=_ratio(variance * spent, raw.variance * shots[:, raw_forms].sum(axis=1)),
                bound=norm(observable.hamiltonian),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """One observable in a block of counts."""

    block: CountsBlock
    hamiltonian: Hamiltonian
    groups: tuple[Group, ...]
    shots: Values

    @property
    def constant(self) -> float:
        return sum(t.coefficient for t in self.hamiltonian.terms if weight(t.pauli) == 0)

    def forms(self, *, scales: Sequence[int]) -> list[int]:
        """Return the forms that the observable is estimated from; all where it is a constant."""
        paulis = {term.pauli for term in self.hamiltonian.terms}
        bases = {g.basis for g in self.groups if any(t.pauli in paulis for t in g.terms)}
        variants = {zne.variant(scale) for scale in scales} | {"raw"}
        found = [
            number
            for number, form in enumerate(self.block.forms)
            if form.basis in bases and form.variant in variants
        ]
        return found or list(range(len(self.block.forms)))

    def at(self, variant: str, weights: Values) -> _Mean:
        """Return the observable's means in one variant."""
        coefficients = {term.pauli: term.coefficient for term in self.hamiltonian.terms}
        value = np.full(self.block.n_points, self.constant)
        variance = np.zeros(self.block.n_points)
        for number, form in enumerate(self.block.forms):
            terms = [
                PauliTerm(term.pauli, coefficients[term.pauli])
                for group in self.groups
                if group.basis == form.basis and form.variant == variant
                for term in group.terms
                if term.pauli in coefficients
            ]
            if terms:
                part = self._mean(terms, number, weights)
                value, variance = value + part.value, variance + part.variance
        return _Mean(value, variance)

    def _mean(self, terms: Sequence[PauliTerm], form: int, weights: Values) -> _Mean:
        """Return the mean of terms that one form measures together, and its error's square."""
        block, forms = self.block, len(self.block.forms)
        seen = block.counts.astype(np.float64)
        values = _outcome_values(terms, block.outcomes, weights=weights)
        starts = block.offsets[:-1]
        shots = self.shots[:, form]
        mean = np.add.reduceat(seen * values, starts)[form::forms] / shots
        centred = values - np.repeat(
            np.repeat(mean, forms), block.lengths
        )  # other forms' rows are not read
        spread = np.add.reduceat(seen * centred**2, starts)[form::forms]
        return _Mean(mean, variance_of_mean(spread, shots, reach=reach(terms, weights)))


def _outcome_values(
    terms: Sequence[PauliTerm], outcomes: NDArray[np.uint64], *, weights: Values
) -> Values:
    """Return what each outcome counts for: the terms' signs, or their readout-corrected weights."""
    n_qubits = len(weights)
    if n_qubits <= MAX_TABLE_QUBITS:
        table = _values(terms, np.arange(2**n_qubits, dtype=np.uint64), weights=weights)
        return table[outcomes]
    distinct, place = np.unique(outcomes, return_inverse=True)
    return _values(terms, distinct, weights=weights)[place]


def _values(terms: Sequence[PauliTerm], outcomes: NDArray[np.uint64], *, weights: Values) -> Values:
    found = np.zeros(len(outcomes))
    for term in terms:
        product = np.full(len(outcomes), term.coefficient)
        for qubit, letter in enumerate(term.pauli):
            if letter != "I":
                bits = (outcomes >> np.uint64(qubit)) & np.uint64(1)
                product *= weights[qubit][bits]
        found += product
    return found


def _extrapolated(measured: _Measured, mitigation: Mitigation, weights: Values) -> _Mean:
    scales = mitigation.scales
    means = [measured.at(zne.variant(scale), weights) for scale in scales]
    if len(scales) == 1:
        return means[0]
    value = np.stack([mean.value for mean in means], axis=1)
    stderr = np.sqrt(np.stack([mean.variance for mean in means], axis=1))
    fits = [
        zne.combine(scales, energies, errors, asymptote=measured.constant)
        for energies, errors in zip(value.tolist(), stderr.tolist(), strict=True)
    ]
    shares = np.array([fit.weights for fit in fits]) * stderr
    return _Mean(np.array([fit.value for fit in fits]), (shares**2).sum(axis=1))


def _ratio(numerator: Values, denominator: Values) -> Values:
    return np.divide(numerator, denominator, out=np.ones_like(numerator), where=denominator != 0)
