"""Trial states against exact linear algebra."""

from collections.abc import Mapping, Sequence
from functools import cache, reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from datasets.problems.catalogue import load
from datasets.records.circuits import Gate
from datasets.records.problems import Problem, Program
from tasks.core.physics.ansatz import KINDS, Kind, build, initial_parameters
from tasks.core.physics.excitation import Excitation, circuit, excitations
from tasks.core.physics.hamiltonian import expectation, merge
from tasks.core.physics.pauli import State
from tasks.errors import BadInput, UnknownName

X = np.array([[0, 1], [1, 0]], dtype=complex)
Z = np.diag([1, -1]).astype(complex)
LOWER = np.array([[0, 1], [0, 0]], dtype=complex)  # takes a filled orbital to an empty one


def gate_matrix(gate: Gate, values: Mapping[str, float]) -> State:
    angles = [a.bind(values) for a in gate.angles]
    match gate.name:
        case "x":
            return X
        case "z":
            return Z
        case "ry":
            c, s = np.cos(angles[0] / 2), np.sin(angles[0] / 2)
            return np.array([[c, -s], [s, c]])
        case "rz":
            return np.diag(np.exp([-0.5j * angles[0], 0.5j * angles[0]]))
        case "cnot":
            return np.eye(4)[[0, 1, 3, 2]]
        case "cz":
            return np.diag([1, 1, 1, -1])
    raise AssertionError(gate.name)


def act(gates: Sequence[Gate], state: State, n_qubits: int, values: Mapping[str, float]) -> State:
    psi = state.reshape((2,) * n_qubits)
    for gate in gates:
        k = len(gate.qubits)
        matrix = gate_matrix(gate, values).reshape((2,) * (2 * k))
        psi = np.tensordot(matrix, psi, axes=(range(k, 2 * k), gate.qubits))
        psi = np.moveaxis(psi, range(k), gate.qubits)
    return psi.reshape(-1)


def run(program: Program, parameters: Sequence[float]) -> State:
    n = program.circuit.n_qubits
    zero = np.eye(2**n)[0].astype(complex)
    return act(
        program.circuit.gates, zero, n, dict(zip(program.parameters, parameters, strict=True))
    )


def energy(program: Program, parameters: Sequence[float]) -> float:
    return expectation(program.observable, run(program, parameters))


def lower(orbital: int, n_qubits: int) -> State:
    return reduce(np.kron, [Z] * orbital + [LOWER] + [np.eye(2)] * (n_qubits - orbital - 1))


@cache
def generator(excitation: Excitation, n_qubits: int) -> State:
    """T - T+ with T = a+_a a+_b a_j a_i, from Jordan-Wigner matrices."""
    raised = [lower(a, n_qubits).conj().T for a in excitation.virtual]
    lowered = [lower(i, n_qubits) for i in reversed(excitation.occupied)]
    t = reduce(np.matmul, raised + lowered)
    return t - t.conj().T


def rotated(excitation: Excitation, theta: float, state: State) -> State:
    """exp(theta G) of a generator with G**3 = -G."""
    g = generator(excitation, int(np.log2(len(state))))
    return state + np.sin(theta) * (g @ state) + (1 - np.cos(theta)) * (g @ (g @ state))


def same_up_to_phase(one: State, other: State) -> bool:
    return abs(np.vdot(one, other)) == pytest.approx(np.linalg.norm(other) ** 2, abs=1e-9)


def determinant(n_electrons: int, n_qubits: int) -> State:
    return np.eye(2**n_qubits)[int("1" * n_electrons + "0" * (n_qubits - n_electrons), 2)] + 0j


def random_state(n_qubits: int, seed: int) -> State:
    rng = np.random.default_rng(seed)
    state = rng.normal(size=2**n_qubits) + 1j * rng.normal(size=2**n_qubits)
    return state / np.linalg.norm(state)


six_orbitals = st.sampled_from(
    [*excitations(n_qubits=6, n_electrons=2), *excitations(n_qubits=6, n_electrons=3)]
)


@given(six_orbitals, st.floats(-3, 3), st.integers(0, 99))
def test_an_excitation_is_the_exponential_of_its_generator_on_every_state(
    excitation: Excitation, theta: float, seed: int
) -> None:
    gates, frequency = circuit(excitation, parameter="t", definite={})
    state = random_state(6, seed)
    wanted = rotated(excitation, theta, state)
    assert same_up_to_phase(act(gates, state, 6, {"t": theta}), wanted)
    assert frequency == 2


@given(six_orbitals, st.floats(-3, 3), st.sets(st.integers(0, 5)), st.integers(0, 99))
def test_what_is_known_of_the_orbitals_shortens_an_excitation_exactly(
    excitation: Excitation, theta: float, known: set[int], seed: int
) -> None:
    n_electrons = min(excitation.virtual)
    definite = {q: int(q < n_electrons) for q in known}
    gates, frequency = circuit(excitation, parameter="t", definite=definite)
    state = random_state(6, seed).reshape((2,) * 6)
    for q, bit in definite.items():
        other = [slice(None)] * 6
        other[q] = 1 - bit
        state[tuple(other)] = 0
    state = state.reshape(-1) / np.linalg.norm(state)
    wanted = rotated(excitation, {1: 0.5, 2: 1.0}[frequency] * theta, state)
    assert same_up_to_phase(act(gates, state, 6, {"t": theta}), wanted)


def test_on_the_reference_one_rotation_does_the_work_of_eight_strings() -> None:
    (double,) = [e for e in excitations(n_qubits=4, n_electrons=2) if len(e.occupied) == 2]
    gates, frequency = circuit(double, parameter="t", definite={0: 1, 1: 1, 2: 0, 3: 0})
    assert frequency == 1
    assert [g.name for g in gates] == ["ry", "cnot", "cnot", "cnot"]
    full = rotated(double, 0.35, determinant(2, 4))
    assert np.allclose(act(gates, determinant(2, 4), 4, {"t": 0.7}), full)


def two_qubit_gates(gates: Sequence[Gate]) -> int:
    return sum(len(gate.qubits) == 2 for gate in gates)


def test_an_excitation_takes_thirteen_two_qubit_gates_or_fewer() -> None:
    (double,) = [e for e in excitations(n_qubits=4, n_electrons=2) if len(e.occupied) == 2]
    assert two_qubit_gates(circuit(double, parameter="t", definite={})[0]) == 13
    assert two_qubit_gates(circuit(double, parameter="t", definite={3: 0})[0]) == 10


@pytest.mark.parametrize(
    ("name", "parameters", "gates"), [("h2", 1, 3), ("lih", 8, 65), ("beh2", 18, 231)]
)
def test_molecules_have_the_documented_parameters_and_gates(
    name: str, parameters: int, gates: int
) -> None:
    program = build(load(name), kind="uccsd")
    assert len(program.parameters) == parameters
    assert two_qubit_gates(program.circuit.gates) == gates


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [("h2", 1e-8), ("h2@0.735", 1e-8), pytest.param("lih", 1e-8, marks=pytest.mark.slow)],
)
def test_uccsd_reaches_the_exact_energy(name: str, tolerance: float) -> None:
    problem = load(name)
    program = build(problem, kind="uccsd")
    found = minimize(lambda p: energy(program, p), np.zeros(len(program.parameters)), tol=1e-9)
    assert -1e-9 <= found.fun - problem.exact_energy < tolerance


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99))
def test_uccsd_conserves_particles_and_spin(seed: int) -> None:
    program = build(load("lih"), kind="uccsd")
    state = run(program, np.random.default_rng(seed).uniform(-3, 3, len(program.parameters)))
    for orbitals in ((0, 2, 4), (1, 3, 5)):
        strings = [("".join("Z" if q == k else "I" for q in range(6)), -0.5) for k in orbitals]
        number = merge([("I" * 6, 1.5), *strings], n_qubits=6)
        assert expectation(number, state) == pytest.approx(1.0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", [1, 2])
def test_energies_are_trigonometric_polynomials_of_the_stated_frequencies(
    kind: Kind, layers: int
) -> None:
    program = build(load("lih"), kind=kind, layers=layers)
    rng = np.random.default_rng(layers)
    base = rng.uniform(-3, 3, len(program.parameters))
    for k in {0, 1, len(base) // 2, len(base) - 1}:
        order = program.frequencies[k]

        def along(x: float, k: int = k) -> float:
            point = base.copy()
            point[k] = x
            return energy(program, point)

        nodes = 2 * np.pi * np.arange(2 * order + 1) / (2 * order + 1)
        waves = np.exp(1j * np.outer(nodes, np.arange(-order, order + 1)))
        weights = np.linalg.solve(waves, [along(x) for x in nodes])
        x = rng.uniform(-3, 3)
        predicted = (np.exp(1j * x * np.arange(-order, order + 1)) @ weights).real
        assert along(x) == pytest.approx(predicted, abs=1e-9)


def test_h2_starts_at_the_hartree_fock_energy() -> None:
    # Hartree-Fock energy of H2 at 0.7414 angstrom in STO-3G by pyscf
    program = build(load("h2"), kind="uccsd")
    start = initial_parameters(program, kind="uccsd", rng=np.random.default_rng(0))
    assert energy(program, start) == pytest.approx(-1.1166843870853405, abs=1e-9)


def test_hea_has_a_chain_a_layer_and_rotations_around_it() -> None:
    program = build(load("h2"), kind="hea", layers=3)
    assert two_qubit_gates(program.circuit.gates) == 9
    assert len(program.parameters) == 2 * 4 * 4
    assert set(program.frequencies) == {1}


def test_hea_starts_from_angles_that_the_seed_fixes() -> None:
    program = build(load("h2"), kind="hea")
    one, two = (
        initial_parameters(program, kind="hea", rng=np.random.default_rng(5)) for _ in range(2)
    )
    assert np.array_equal(one, two)
    assert 0 < np.abs(one).max() < 2.5


@pytest.mark.parametrize("kind", KINDS)
def test_parameter_names_sort_in_their_order(kind: Kind) -> None:
    program = build(load("lih"), kind=kind, layers=2)
    assert list(program.parameters) == sorted(program.parameters)
    assert program.parameters == program.circuit.parameters


def test_the_id_is_that_of_the_content_and_not_of_the_name() -> None:
    problem = load("h2")
    other = Problem("other", problem.hamiltonian, 2, None, "elsewhere")
    one = build(problem, kind="uccsd")
    assert one.program_id == build(other, kind="uccsd").program_id
    assert one.program_id != build(problem, kind="uccsd", layers=2).program_id
    assert one.program_id != build(load("h2@0.735"), kind="uccsd").program_id


def test_bad_requests_are_refused_in_words() -> None:
    chain = Problem("chain", merge([("ZZ", 1.0)], n_qubits=2), None, None, "test")
    with pytest.raises(BadInput, match="chain has no n_electrons"):
        build(chain, kind="uccsd")
    full = Problem("full", chain.hamiltonian, 2, None, "test")
    with pytest.raises(BadInput, match="finds no excitation for 2 electrons in 2"):
        build(full, kind="uccsd")
    with pytest.raises(BadInput, match="1 to 50 layers; got 0"):
        build(chain, kind="hea", layers=0)
    with pytest.raises(UnknownName, match="Choose one of: uccsd, hea"):
        build(chain, kind="qaoa")
