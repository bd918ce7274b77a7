"""Estimate the energy at every point of many blocks of counts, from tables that are made once.

What an outcome counts for depends on the readout calibration, not on the counts: a loop measures
the same groups under the same calibration at each of its iterations.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from datasets.records.blocks import CountsBlock
from datasets.records.problems import Hamiltonian
from tasks.core.estimation.observables import Observable
from tasks.core.estimation.points import Estimates, estimate
from tasks.core.mitigation import readout
from tasks.core.mitigation.composition import Mitigation, Technique
from tasks.core.physics.estimation import reach, variance_of_mean
from tasks.core.physics.grouping import Group
from tasks.core.physics.hamiltonian import norm
from tasks.core.physics.pauli import weight

MAX_TABLE = 2**22  # numbers, 34 MB: beyond, only outcomes that were seen are looked at

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Estimator:
    """The energy of one problem under one readout calibration, from unscaled counts.

    `tables`: (n_calibrations, n_groups, 2**n_qubits), what each outcome adds to the energy, with
    perfect readout, as calibrated, and with each figure of the calibration one standard error away;
    the first alone without readout mitigation, and nothing where they would be too large.
    `reaches`: (1 or 2, n_groups), the largest size of that, for the first two calibrations.
    """

    observable: Hamiltonian
    groups: tuple[Group, ...]
    mitigation: Mitigation
    confusion: readout.Confusion | None
    constant: float
    tables: Values | None
    reaches: Values

    def energies(self, block: CountsBlock) -> Estimates:
        """Estimate the energy at each point; the block's forms are the groups, in their order.

        Its shots are those of all groups.

        As `estimate_energy` does, with the readout calibration's share in the standard error.
        """
        if self.tables is None:
            (found,) = estimate(
                block,
                observables=[Observable("energy", self.observable)],
                groups=self.groups,
                mitigation=self.mitigation,
                confusion=self.confusion,
            )
            return replace(found, shots=block.shots.sum(axis=1).astype(np.int64))
        values, variances, shots = _moments(block, self.tables, self.reaches)
        values += self.constant
        best = min(1, len(values) - 1)
        moved = values[2:] - values[best]
        variance = variances[best] + (moved**2).sum(axis=0)
        raw = variances[0]
        return Estimates(
            observable="energy",
            method=self.mitigation.name,
            value=values[best],
            stderr=np.sqrt(variance),
            raw_value=values[0],
            raw_stderr=np.sqrt(raw),
            shots=shots,
            overhead=np.divide(variance, raw, out=np.ones_like(raw), where=raw != 0),
            bound=norm(self.observable),
        )


def estimator(
    observable: Hamiltonian,
    *,
    groups: Sequence[Group],
    mitigation: Mitigation,
    confusion: readout.Confusion | None,
) -> Estimator:
    """Return what estimates the energy with readout mitigation at most."""
    n_qubits = observable.n_qubits
    calibrations = [readout.ideal(n_qubits)]
    if confusion and Technique.READOUT in mitigation.techniques:
        others = readout.perturbations(confusion)
        calibrations += [confusion.weights, *(other.weights for other in others)]
    size = len(calibrations) * len(groups) * 2**n_qubits
    tables = (
        np.array([[_table(g, each) for g in groups] for each in calibrations])
        if size <= MAX_TABLE
        else None
    )
    constant = sum(term.coefficient for term in observable.terms if weight(term.pauli) == 0)
    reaches = np.array([[reach(g.terms, each) for g in groups] for each in calibrations[:2]])
    return Estimator(observable, tuple(groups), mitigation, confusion, constant, tables, reaches)


def _moments(
    block: CountsBlock, tables: Values, reaches: Values
) -> tuple[Values, Values, NDArray[np.int64]]:
    """Return values (n_calibrations, n_points), variances of the first two, shots (n_points,)."""
    shape = (block.n_points, len(block.forms))
    lengths, starts = block.lengths, block.offsets[:-1]
    seen = block.counts.astype(np.float64)
    forms = np.repeat(np.tile(np.arange(shape[1]), shape[0]), lengths)
    each = tables[:, forms, block.outcomes]
    shots = np.add.reduceat(seen, starts)
    means = np.add.reduceat(each * seen, starts, axis=1) / shots
    centred = each[:2] - np.repeat(means[:2], lengths, axis=1)
    spread = np.add.reduceat(centred**2 * seen, starts, axis=1)
    variances = variance_of_mean(spread, shots, reach=np.tile(reaches, shape[0]))
    return (
        means.reshape(-1, *shape).sum(axis=2),
        variances.reshape(-1, *shape).sum(axis=2),
        shots.reshape(shape).sum(axis=1).astype(np.int64),
    )


def _table(group: Group, weights: Values) -> Values:
    """Return what each outcome adds to the group's part of the energy, (2**n_qubits,)."""
    n_qubits = len(weights)
    outcomes = np.arange(2**n_qubits)
    found = np.zeros(len(outcomes))
    for term in group.terms:
        product = np.full(len(outcomes), term.coefficient)
        for qubit, letter in enumerate(term.pauli):
            if letter != "I":
                product *= weights[qubit][(outcomes >> qubit) & 1]
        found += product
    return found
