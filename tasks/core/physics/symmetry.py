"""Z2 symmetries of a Hamiltonian: the Z strings that commute with every term."""

from collections.abc import Iterable

from datasets.records.problems import Hamiltonian
from tasks.core.physics.pauli import masks


def z_symmetries(hamiltonian: Hamiltonian) -> tuple[str, ...]:
    """Return independent generators of the group of Z strings that commute with every term.

    A Z string commutes with a term when it meets the term's X and Y letters on an even number of
    qubits, so the strings are the null space of those letters over GF(2) (arXiv:1701.08213).
    """
    n_qubits = hamiltonian.n_qubits
    rows = _reduced(masks(term.pauli)[0] for term in hamiltonian.terms)
    free = [bit for bit in reversed(range(n_qubits)) if bit not in rows]
    strings = [_solve(rows, bit) for bit in free]
    return tuple(_letters(string, n_qubits) for string in strings)


def respects(qubits: Iterable[int], symmetries: tuple[str, ...]) -> bool:
    """Say whether flipping `qubits` leaves every symmetry's sign as it was."""
    flipped = frozenset(qubits)
    return all(sum(s[q] == "Z" for q in flipped) % 2 == 0 for s in symmetries)


def _reduced(rows: Iterable[int]) -> dict[int, int]:
    """Return the reduced row echelon form over GF(2), rows by their leading bit."""
    pivots: dict[int, int] = {}
    for row in set(rows):
        rest = row
        for lead, pivot in pivots.items():
            if rest >> lead & 1:
                rest ^= pivot
        if rest:
            lead = rest.bit_length() - 1
            pivots = {k: p ^ rest if p >> lead & 1 else p for k, p in pivots.items()}
            pivots[lead] = rest
    return pivots


def _solve(rows: dict[int, int], free: int) -> int:
    """Set one free bit and let each row fix its leading one."""
    return (1 << free) | sum(1 << lead for lead, row in rows.items() if row >> free & 1)


def _letters(bits: int, n_qubits: int) -> str:
    return f"{bits:0{n_qubits}b}".replace("0", "I").replace("1", "Z")
