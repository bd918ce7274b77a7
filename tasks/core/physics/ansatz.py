"""Trial states: the circuits whose parameters a variational loop optimises."""

from typing import Literal, assert_never, get_args

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.problems import Hamiltonian, Problem, Program, ProgramId
from tasks.core.identity import digest
from tasks.core.physics.excitation import circuit, excitations
from tasks.core.physics.symmetry import respects, z_symmetries
from tasks.errors import BadInput, UnknownName

Kind = Literal["uccsd", "hea"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MAX_LAYERS = 50

_SPREAD_RAD = 0.5  # closer to the reference hea falls back to it: h2 with 3 layers, 0.1 rad


def build(problem: Problem, *, kind: Kind, layers: int = 1) -> Program:
    """Return the trial circuit for a problem, and what to measure on it.

    `uccsd` is first-order Trotterised unitary coupled cluster: doubles, then singles, each
    spin-conserving and allowed by the Hamiltonian's Z2 symmetries; the others have no amplitude in
    the reference's sector and are left out (arXiv:2109.02110). `hea` is ry and rz on every qubit
    and a linear chain of CZ, `layers` times, then the rotations once more. Both start from the
    reference determinant when the problem is a molecule.

    Raises:
        BadInput: the layers are out of range, or uccsd finds nothing to excite.
        UnknownName: no such kind.
    """
    if not 1 <= layers <= MAX_LAYERS:
        message = f"An ansatz has 1 to {MAX_LAYERS} layers; got {layers}. Choose within that range."
        raise BadInput(message)
    match kind:
        case "uccsd":
            gates, frequencies = _uccsd(problem, layers=layers)
        case "hea":
            gates, frequencies = _hea(problem.hamiltonian.n_qubits, layers=layers)
        case _:
            raise UnknownName(kind="ansatz", name=str(kind), known=KINDS)
    reference = [Gate("x", (q,)) for q in range(problem.n_electrons or 0)]
    whole = Circuit(problem.hamiltonian.n_qubits, (*reference, *gates))
    name = f"{problem.name} {kind} x{layers}"
    return _program(whole, frequencies, name=name, observable=problem.hamiltonian)


def initial_parameters(
    program: Program, *, kind: Kind, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return where to start: the reference state for uccsd, random angles for hea."""
    match kind:
        case "uccsd":
            return np.zeros(len(program.parameters))
        case "hea":
            return rng.normal(scale=_SPREAD_RAD, size=len(program.parameters))
        case _:
            assert_never(kind)


def _program(
    whole: Circuit, frequencies: tuple[int, ...], *, name: str, observable: Hamiltonian
) -> Program:
    parameters = _names(len(frequencies))
    identity = ProgramId(digest([whole, parameters, frequencies, observable]))
    return Program(identity, name, whole, parameters, frequencies, observable)


def _names(count: int) -> tuple[str, ...]:
    """Return names that sort as their numbers do."""
    width = len(str(count - 1))
    return tuple(f"theta_{k:0{width}d}" for k in range(count))


def _uccsd(problem: Problem, *, layers: int) -> tuple[list[Gate], tuple[int, ...]]:
    n_qubits, n_electrons = problem.hamiltonian.n_qubits, problem.n_electrons
    if n_electrons is None:
        message = (
            f"uccsd needs a molecule; {problem.name} has no n_electrons. "
            "Add n_electrons to the problem, or choose hea."
        )
        raise BadInput(message)
    symmetries = z_symmetries(problem.hamiltonian)
    every = excitations(n_qubits=n_qubits, n_electrons=n_electrons)
    allowed = [e for e in every if respects(e.qubits, symmetries)] * layers
    if not allowed:
        message = (
            f"uccsd finds no excitation for {n_electrons} electrons in {n_qubits} spin orbitals of "
            f"{problem.name} that spin and symmetry allow. Choose hea."
        )
        raise BadInput(message)
    definite = {q: int(q < n_electrons) for q in range(n_qubits)}
    gates: list[Gate] = []
    frequencies: list[int] = []
    for excitation, name in zip(allowed, _names(len(allowed)), strict=True):
        part, frequency = circuit(excitation, parameter=name, definite=definite)
        gates += part
        frequencies.append(frequency)
        definite = {q: bit for q, bit in definite.items() if q not in excitation.qubits}
    return gates, tuple(frequencies)


def _hea(n_qubits: int, *, layers: int) -> tuple[list[Gate], tuple[int, ...]]:
    names = iter(_names(2 * n_qubits * (layers + 1)))

    def rotations() -> list[Gate]:
        return [
            Gate(axis, (q,), (Angle(0.0, ((next(names), 1.0),)),))
            for q in range(n_qubits)
            for axis in ("ry", "rz")
        ]

    chain = [Gate("cz", (q, q + 1)) for q in range(n_qubits - 1)]
    gates = [gate for _ in range(layers) for gate in (*rotations(), *chain)]
    gates += rotations()
    return gates, (1,) * (2 * n_qubits * (layers + 1))
