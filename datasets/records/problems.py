"""Problems and programs: what is to be estimated, and the circuit that estimates it."""

from dataclasses import dataclass
from typing import NewType

from datasets.records.circuits import Circuit

ProgramId = NewType("ProgramId", str)


@dataclass(frozen=True, slots=True)
class PauliTerm:
    """A real coefficient times a Pauli string with one letter a qubit, qubit 0 leftmost: `XIZY`."""

    pauli: str
    coefficient: float


@dataclass(frozen=True, slots=True)
class Hamiltonian:
    """A sum of Pauli terms on `n_qubits` qubits, each string once; the identity is the constant."""

    n_qubits: int
    terms: tuple[PauliTerm, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A Hamiltonian whose ground state energy (hartree for molecules) is sought.

    `n_electrons` is the number of occupied spin orbitals of the reference determinant, which sets
    qubits 0..n_electrons-1 to 1 (Jordan-Wigner, even qubits alpha, odd beta); None when the
    problem is not a molecule. `exact_energy` is the lowest eigenvalue where it is known, and
    `exact_of` the states that it is the lowest of, such as `2 electrons` or `all states`.
    """

    name: str
    hamiltonian: Hamiltonian
    n_electrons: int | None
    exact_energy: float | None
    source: str
    exact_of: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """A circuit with free parameters and the observable to measure, before compilation.

    `parameters` are the circuit's names in the order in which optimisers see them. `frequencies[k]`
    is R_k: as a function of parameter k alone, any expectation value is a trigonometric polynomial
    with the integer frequencies 1..R_k, which is what shift rules need (arXiv:2107.12390). Where
    the weights of a graph are no whole numbers, nor are its frequencies: R_k bounds them.
    `measured_qubits[i]` is the qubit of the circuit whose outcome is bit i; None measures all
    qubits in their order.
    """

    program_id: ProgramId
    name: str
    circuit: Circuit
    parameters: tuple[str, ...]
    frequencies: tuple[int, ...]
    observable: Hamiltonian
    measured_qubits: tuple[int, ...] | None = None

    @property
    def bits(self) -> tuple[int, ...]:
        """The qubit that is measured into each bit of an outcome, the leftmost first."""
        if self.measured_qubits is None:
            return tuple(range(self.circuit.n_qubits))
        return self.measured_qubits
