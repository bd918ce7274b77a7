"""Source circuits of the kinds that programs have."""

import math
import random

from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.problems import Hamiltonian, PauliTerm, Program, ProgramId


def ghz(n: int) -> Circuit:
    chain = (Gate("cnot", (i, i + 1)) for i in range(n - 1))
    return Circuit(n, (Gate("h", (0,)), *chain))


def qft(n: int) -> Circuit:
    gates: list[Gate] = []
    for i in range(n):
        gates.append(Gate("h", (i,)))
        gates += [
            Gate("cphaseshift", (j, i), (Angle(math.pi / 2 ** (j - i)),)) for j in range(i + 1, n)
        ]
    gates += [Gate("swap", (i, n - 1 - i)) for i in range(n // 2)]
    return Circuit(n, tuple(gates))


def hardware_efficient(n: int, *, layers: int) -> Circuit:
    gates: list[Gate] = []
    for layer in range(layers):
        for i in range(n):
            gates.append(Gate("ry", (i,), (free(f"a{layer}_{i}"),)))
            gates.append(Gate("rz", (i,), (free(f"b{layer}_{i}"),)))
        gates += [Gate("cz", (i, i + 1)) for i in range(n - 1)]
    return Circuit(n, tuple(gates))


def pauli_exponentials(n: int, *, terms: int) -> Circuit:
    """Return a Hartree-Fock-like state followed by exponentials of random Pauli strings."""
    choice = random.Random(n * 100 + terms)  # noqa: S311  # an example, not a secret
    gates = [Gate("x", (i,)) for i in range(n // 2)]
    for term in range(terms):
        letters = [choice.choice("XYZ") for _ in range(n)]
        into = [gate for i, letter in enumerate(letters) for gate in _into_z(letter, i)]
        chain = [Gate("cnot", (i, i + 1)) for i in range(n - 1)]
        turn = Gate("rz", (n - 1,), (free(f"t{term // 2}", (-1) ** term * 0.5),))
        back = [inverse(gate) for gate in reversed(into + chain)]
        gates += [*into, *chain, turn, *back]
    return Circuit(n, tuple(gates))


def qaoa(n: int, *, edges: tuple[tuple[int, int], ...], layers: int) -> Circuit:
    gates = [Gate("h", (i,)) for i in range(n)]
    for layer in range(layers):
        gates += [Gate("zz", edge, (free(f"gamma{layer}", -1.0),)) for edge in edges]
        gates += [Gate("rx", (i,), (free(f"beta{layer}", 2.0),)) for i in range(n)]
    return Circuit(n, tuple(gates))


def free(name: str, weight: float = 1.0) -> Angle:
    return Angle(0.0, ((name, weight),))


def inverse(gate: Gate) -> Gate:
    return Gate(gate.name, gate.qubits, tuple(-angle for angle in gate.angles))


def program(circuit: Circuit, *, name: str = "example") -> Program:
    observable = Hamiltonian(circuit.n_qubits, (PauliTerm("Z" * circuit.n_qubits, 1.0),))
    parameters = circuit.parameters
    return Program(
        ProgramId(f"program-{name}"), name, circuit, parameters, (1,) * len(parameters), observable
    )


def _into_z(letter: str, qubit: int) -> tuple[Gate, ...]:
    if letter == "X":
        return (Gate("h", (qubit,)),)
    return (Gate("rx", (qubit,), (Angle(math.pi / 2),)),) if letter == "Y" else ()
