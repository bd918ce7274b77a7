"""From counts to energies: grouped Pauli estimators with their standard errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.records.executions import Counts
from datasets.records.problems import PauliTerm
from tasks.core.physics.grouping import Group

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mean:
    """A sample mean and the standard error of that mean."""

    value: float
    stderr: float


def energy(
    groups: Sequence[Group],
    counts: Mapping[str, Counts],
    *,
    constant: float,
    weights: NDArray[np.float64],
) -> Mean:
    """Estimate `constant + sum of the groups' terms` from the counts of each group's basis.

    `weights`: (n_qubits, 2), what outcomes 0 and 1 of a qubit count for, (1, -1) for a perfect
    readout. Terms of a group are measured together, so their covariance is in the standard error.
    """
    parts = [_mean(group.terms, counts[group.basis], weights=weights) for group in groups]
    variance = sum(part.stderr**2 for part in parts)
    return Mean(constant + sum(part.value for part in parts), float(np.sqrt(variance)))


def term_means(
    groups: Sequence[Group], counts: Mapping[str, Counts], *, weights: NDArray[np.float64]
) -> dict[str, Mean]:
    """Estimate each Pauli string's own expectation value, by string."""
    return {
        term.pauli: _mean((PauliTerm(term.pauli, 1.0),), counts[group.basis], weights=weights)
        for group in groups
        for term in group.terms
    }


def _mean(terms: Sequence[PauliTerm], counts: Counts, *, weights: NDArray[np.float64]) -> Mean:
    seen = counts.counts.astype(np.float64)
    shots = float(seen.sum())
    values = _outcome_values(terms, counts.outcomes, weights=weights)
    mean = float(np.dot(seen, values) / shots)
    spread = float(np.dot(seen, (values - mean) ** 2))
    variance = variance_of_mean(np.array(spread), np.array(shots), reach=reach(terms, weights))
    return Mean(mean, float(np.sqrt(variance)))


def variance_of_mean(spread: Values, shots: Values, *, reach: Values | float) -> Values:
    """Return the squared standard error of a mean, from the sum of squared deviations.

    One shot says nothing of the spread: then it is the largest that values up to `reach` in size
    can have (Popoviciu's inequality).
    """
    known = shots > 1
    return np.where(known, spread / (shots * np.maximum(shots - 1.0, 1.0)), np.square(reach))


def reach(terms: Sequence[PauliTerm], weights: Values) -> float:
    """Return the largest size that the terms' sum can have in one shot."""
    largest = np.abs(weights).max(axis=1)
    acts = [[q for q, letter in enumerate(term.pauli) if letter != "I"] for term in terms]
    sizes = zip(terms, acts, strict=True)
    return float(sum(abs(term.coefficient) * largest[qubits].prod() for term, qubits in sizes))


def _outcome_values(
    terms: Sequence[PauliTerm], outcomes: NDArray[np.uint64], *, weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    n_qubits = len(weights)
    places = np.arange(n_qubits, dtype=np.uint64)
    bits = ((outcomes[:, None] >> places) & np.uint64(1)).astype(np.intp)
    signs = weights[np.arange(n_qubits), bits]  # (n_outcomes, n_qubits)
    values = np.zeros(len(outcomes))
    for term in terms:
        support = [qubit for qubit, letter in enumerate(term.pauli) if letter != "I"]
        values += term.coefficient * signs[:, support].prod(axis=1)
    return values
