"""Programs run together are as they are alone, in every picture and with readout errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.problems import Hamiltonian, PauliTerm
from tasks.backends.engine import choice, running
from tasks.backends.engine.choice import Choice
from tasks.backends.engine.compiled import from_circuits
from tasks.backends.engine.program import Program, Step
from tasks.backends.engine.results import Setting
from tasks.backends.noise import NoiseModel
from tasks.core.physics import hamiltonian
from tests.tasks.backends.braket import braket_simulation

NAMES = ("a", "b")
NOISE = NoiseModel(
    {0: 0.01, 1: 0.02, 7: 0.03}, {("cz", 0, 1): 0.05, ("ms", 1, 7): 0.04}, {7: 0.1, 0: 0.02}
)
angles = st.builds(
    lambda constant, name, weight: Angle(constant, ((name, weight),)),
    st.floats(-3, 3),
    st.sampled_from(NAMES),
    st.sampled_from([1.0, -0.5]),
)
gates = st.one_of(
    st.builds(
        lambda q, t, p: Gate("prx", (q,), (t, p)), st.sampled_from([0, 1, 7]), angles, angles
    ),
    st.builds(lambda q, t: Gate("rz", (q,), (t,)), st.sampled_from([0, 1, 7]), angles),
    st.just(Gate("cz", (0, 1))),
    st.just(Gate("cz", (1, 0))),
    st.just(Gate("iswap", (0, 7))),
    st.builds(lambda t, p: Gate("ms", (1, 7), (t, p, Angle(0.7))), angles, angles),
)
circuits = st.lists(gates, max_size=8).map(lambda made: Circuit(3, tuple(made)))
families = st.tuples(circuits, st.lists(circuits, min_size=1, max_size=3)).map(
    lambda found: [Circuit(3, found[0].gates + end.gates) for end in found[1]]
)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [None, NOISE])
@given(family=families, seed=st.integers(0, 99))
def test_compiled_circuits_have_the_probabilities_of_braket_s_simulator(
    noise: NoiseModel | None, family: list[Circuit], seed: int
) -> None:
    points = np.random.default_rng(seed).normal(size=(3, 2))
    programs = from_circuits(family, measured_qubits=(7, 0), noise=noise)
    found = running.probabilities(
        programs, points, names=NAMES, setting=Setting(noisy=noise is not None)
    )
    for number, point in enumerate(points):
        values = dict(zip(NAMES, point, strict=True))
        for ours, circuit in zip(found.values, family, strict=True):
            theirs = braket_simulation.probabilities(
                circuit, values, measured_qubits=(7, 0), noise=noise
            )
            assert ours[number] == pytest.approx(theirs, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [None, NOISE])
@given(family=families)
def test_both_engines_evolve_together_what_begins_alike(
    noise: NoiseModel | None, family: list[Circuit]
) -> None:
    points = np.random.default_rng(2).normal(size=(2, 2))
    programs = from_circuits(family, measured_qubits=(7, 0, 1), noise=noise)
    batched, stock = (
        running.probabilities(
            programs,
            points,
            names=NAMES,
            setting=Setting(choice=Choice(batched, noise is not None, "asked for")),
        )
        for batched in (True, False)
    )
    for ours, theirs in zip(batched.values, stock.values, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-12)


@given(family=families, shots=st.integers(1, 50))
def test_each_program_may_have_its_own_shots(family: list[Circuit], shots: int) -> None:
    points = np.random.default_rng(1).normal(size=(3, 2))
    programs = from_circuits(family, measured_qubits=(0, 1, 7), noise=None)
    wanted = [shots + number for number in range(len(programs))]
    found = running.counts(programs, points, names=NAMES, shots=wanted, seed=1)
    drawn = np.add.reduceat(found.counts, found.offsets[:-1]).reshape(3, -1)
    assert (drawn == wanted).all()
    for number, each in enumerate(wanted):
        alike = running.counts(programs, points, names=NAMES, shots=each, seed=1)
        rows = [point * len(programs) + number for point in range(3)]
        for row in rows:
            ours, theirs = (
                f.counts[f.offsets[row] : f.offsets[row + 1]].tolist() for f in (found, alike)
            )
            assert ours == theirs


@pytest.mark.slow
@given(family=families)
def test_programs_that_begin_alike_are_as_they_are_alone(family: list[Circuit]) -> None:
    points = np.random.default_rng(1).normal(size=(4, 2))
    programs = from_circuits(family, measured_qubits=(0, 1, 7), noise=NOISE)
    together = running.probabilities(programs, points, names=NAMES)
    for program, values in zip(programs, together.values, strict=True):
        alone = running.probabilities([program], points, names=NAMES)
        setting = Setting(noisy=together.choice.noisy)
        alone = running.probabilities([program], points, names=NAMES, setting=setting)
        assert values == pytest.approx(alone.values[0], abs=1e-13)


@given(
    paulis=st.lists(st.text("IXYZ", min_size=3, max_size=3), min_size=1, max_size=5),
    noisy=st.booleans(),
)
def test_expectations_are_those_of_the_state(paulis: list[str], noisy: bool) -> None:
    steps = (
        Step("ry", (0,), (Angle(0.0, (("a", 1.0),)),)),
        Step("cnot", (0, 2)),
        Step("xx", (2, 1), (Angle(0.3, (("b", 1.0),)),)),
        Step("t", (1,)),
    )
    program = Program(3, steps, (0, 1, 2))
    points = np.array([[0.3, 1.0], [-2.0, 0.4]])
    found = running.expectations(
        program, points, names=NAMES, paulis=paulis, setting=Setting(noisy=noisy)
    )
    states = running.states(program, points, names=NAMES).values[0]
    for number, state in enumerate(states):
        expected = [
            hamiltonian.expectation(Hamiltonian(3, (PauliTerm(pauli, 1.0),)), state)
            for pauli in paulis
        ]
        assert found.values[0][number] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("noisy", [False, True])
def test_readout_errors_may_be_asymmetric(noisy: bool) -> None:
    program = Program(2, (Step("x", (0,)),), (1, 0), readout=((0.1, 0.2), (0.3, 0.25)))
    found = running.probabilities([program], np.empty((2, 0)), names=(), setting=Setting(noisy))
    # Bit 0 is qubit 1, in 0 and read as 1 with 0.1; bit 1 is qubit 0, in 1 and read as 0 with 0.25.
    expected = [0.9 * 0.25, 0.1 * 0.25, 0.9 * 0.75, 0.1 * 0.75]
    assert found.values[0] == pytest.approx(np.array([expected, expected]))


def test_the_choice_and_its_reason_come_with_the_result() -> None:
    small = choice.choose(4, noisy=False)
    large = choice.choose(choice.MAX_BATCHED_QUBITS + 1, noisy=False)
    assert small.batched
    assert not large.batched
    assert f"above {choice.MAX_BATCHED_QUBITS}" in large.reason


@pytest.mark.slow
def test_a_gate_on_many_qubits_of_a_density_matrix_is_left_to_braket() -> None:
    program = Program(5, (Step("x", (0, 1, 2, 3, 4), controls=(1, 0, 1, 1)),), (0,))
    found = running.probabilities(
        [program], np.empty((1, 0)), names=(), setting=Setting(noisy=True)
    )
    assert not found.choice.batched
    assert found.choice.reason == "x acts on 5 qubits of a density matrix"
    assert found.values[0] == pytest.approx(np.array([[1.0, 0.0]]))


@pytest.mark.slow
@pytest.mark.parametrize("noisy", [False, True])
def test_both_engines_give_the_same_counts(noisy: bool) -> None:
    steps = (
        Step("ry", (0,), (Angle(0.0, (("a", 1.0),)),)),
        Step("rx", (0, 2), (Angle(0.1, (("b", 1.0),)),), controls=(0,)),
        *([Step("amplitude_damping", (2,), (Angle(0.2),))] if noisy else []),
    )
    program = Program(3, steps, (2, 0))
    points = np.random.default_rng(0).normal(size=(5, 2))

    def drawn(batched: bool) -> list[int]:
        setting = Setting(choice=Choice(batched, noisy, "asked for"))
        found = running.counts([program], points, names=NAMES, shots=99, seed=1, setting=setting)
        return found.counts.tolist()

    assert drawn(batched=True) == drawn(batched=False)
