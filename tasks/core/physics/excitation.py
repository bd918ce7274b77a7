"""Fermionic excitations as circuits of few two-qubit gates (Jordan-Wigner)."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import pi

from datasets.records.circuits import Angle, Gate


@dataclass(frozen=True, slots=True)
class Excitation:
    """Electrons that move from `occupied` to `virtual` spin orbitals, both ascending.

    T takes the reference to the determinant with the orbitals exchanged, with the sign of the
    occupied orbitals strictly between each pair, as `a+_a a+_b a_j a_i` has for i < j < a < b.
    """

    occupied: tuple[int, ...]
    virtual: tuple[int, ...]

    @property
    def qubits(self) -> tuple[int, ...]:
        """The spin orbitals that change."""
        return self.occupied + self.virtual

    @property
    def between(self) -> tuple[int, ...]:
        """The spin orbitals whose occupation sets the sign."""
        ends = self.qubits
        spans = (range(a + 1, b) for a, b in zip(ends[::2], ends[1::2], strict=True))
        return tuple(q for span in spans for q in span)


def excitations(*, n_qubits: int, n_electrons: int) -> tuple[Excitation, ...]:
    """Return the spin-conserving doubles, then the singles; even spin orbitals are alpha."""
    filled, empty = range(n_electrons), range(n_electrons, n_qubits)
    pairs = (
        Excitation(occupied, virtual)
        for rank in (2, 1)
        for occupied in combinations(filled, rank)
        for virtual in combinations(empty, rank)
    )
    return tuple(e for e in pairs if _betas(e.occupied) == _betas(e.virtual))


def circuit(
    excitation: Excitation, *, parameter: str, definite: Mapping[int, int]
) -> tuple[tuple[Gate, ...], int]:
    """Return gates for the rotation that T generates, and the parameter's highest frequency.

    `definite` holds the bit of each qubit that no earlier gate has put into superposition. A frame
    change around one pivot turns the excitation into a rotation of the pivot controlled by the
    other orbitals (arXiv:2005.14475), and the controls become a Gray-code walk of plain rotations
    (arXiv:quant-ph/0404089). A pivot that is definite needs no frame change on entry, and then
    orbitals that are definite need no control; both are exact. The gates act as
    `exp(theta (T - T+))`, where energies have the frequencies 1 and 2 in theta; when no control is
    left it is `exp(theta/2 (T - T+))`, where the only frequency is 1.
    """
    pivot = _pivot(excitation, definite)
    fresh = pivot in definite
    others = [q for q in excitation.qubits if q != pivot]
    controls = [q for q in others if not (fresh and q in definite)]
    # The last control comes first in the exit so that its two gates can become one.
    exits = [*reversed(controls), *(q for q in others if q not in controls)]
    signs = [q for q in excitation.between if q not in definite]
    flips = sum(definite.get(q, 0) for q in excitation.between)
    turn = (-1.0) ** flips * (2.0 if controls else 1.0)
    filled = pivot in excitation.occupied
    gates = [] if fresh else _frame(pivot, exits, signs)
    gates += _walk(pivot, controls, excitation, angle=Angle(0.0, ((parameter, turn),)))
    gates += _leave(pivot, exits, signs, merged=bool(controls), filled=filled)
    return tuple(gates), 2 if controls else 1


def _betas(orbitals: tuple[int, ...]) -> int:
    return sum(orbital % 2 for orbital in orbitals)


def _pivot(excitation: Excitation, definite: Mapping[int, int]) -> int:
    preferred = (*excitation.virtual, *excitation.occupied)
    return next((q for q in preferred if q in definite), excitation.virtual[0])


def _frame(pivot: int, flipped: list[int], signed: list[int]) -> list[Gate]:
    """Flip the other orbitals and read the sign when the pivot is 1."""
    flips = [Gate("cnot", (pivot, q)) for q in flipped]
    return [*flips, *(Gate("cz", (pivot, q)) for q in signed)]


def _walk(pivot: int, controls: list[int], excitation: Excitation, *, angle: Angle) -> list[Gate]:
    """Rotate the pivot where all controls hold their reference bits; one CZ is left to the exit.

    The projector on the reference bits is a product of (1 + s Z) / 2 with s = -1 for an occupied
    orbital; each product of Z's is one rotation, visited in the order of a Gray code.
    """
    steps = 2 ** len(controls)
    rest = angle * ((-1.0 if pivot in excitation.occupied else 1.0) / steps)
    gates: list[Gate] = []
    for step in range(steps):
        inside = step ^ (step >> 1)
        chosen = {q for bit, q in enumerate(controls) if inside >> bit & 1}
        sign = (-1.0) ** len(chosen & set(excitation.occupied))
        gates.append(Gate("ry", (pivot,), (rest * sign,)))
        if step + 1 < steps:
            lowest = ((step + 1) & -(step + 1)).bit_length() - 1
            gates.append(Gate("cz", (pivot, controls[lowest])))
    return gates


def _leave(
    pivot: int, flipped: list[int], signed: list[int], *, merged: bool, filled: bool
) -> list[Gate]:
    """Undo the frame; `merged` folds the walk's last CZ and the first CNOT into one CNOT.

    A pivot that was filled selects the excited branch by its 0: the gates on 1 and then on both.
    """
    gates = _frame(pivot, flipped, signed)
    if merged:
        gates[:1] = _cz_then_cnot(pivot, flipped[0])
    if filled:
        gates += [Gate("x", (q,)) for q in flipped] + [Gate("z", (q,)) for q in signed]
    return gates


def _cz_then_cnot(control: int, target: int) -> list[Gate]:
    """X Z = -iY, so both together are a controlled Y and a phase on the control."""
    quarter = Angle(pi / 2)
    return [
        Gate("rz", (target,), (-quarter,)),
        Gate("cnot", (control, target)),
        Gate("rz", (target,), (quarter,)),
        Gate("rz", (control,), (-quarter,)),
    ]
