"""Laws of the pure rewriting steps: angles, runs, merging, basis rotation, emission."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from reference import isometry, outcome_probabilities

from datasets.records.circuits import Angle, Circuit, Gate
from tasks.core.circuits.angles import wrapped
from tasks.core.compilation.emission import emit
from tasks.core.compilation.measurement import measured_form, rotations_into
from tasks.core.compilation.merging import merged_rotations
from tasks.core.compilation.natives import Natives, Pulse
from tasks.core.compilation.rotations import shortest

VALUES = {"a": 0.83, "b": -2.1}
FIXED = st.one_of(
    st.integers(-8, 8).map(lambda k: Angle(k * math.pi / 4)),
    st.integers(-300, 300).map(lambda k: Angle(k / 100)),
)
FREE = st.builds(
    lambda fixed, name, weight: fixed + Angle(0.0, ((name, weight),)),
    FIXED,
    st.sampled_from("ab"),
    st.sampled_from((1.0, -1.0, 0.5)),
)
ANY = FIXED | FREE
QUARTERS = st.integers(-3, 4).map(lambda k: Angle(k * math.pi / 2))


def rotations(rx: st.SearchStrategy[Angle]) -> st.SearchStrategy[tuple[str, Angle]]:
    return st.tuples(st.just("rz"), ANY) | st.tuples(st.just("rx"), rx)


def lowered(rx: st.SearchStrategy[Angle]) -> st.SearchStrategy[list[Gate]]:
    one = st.builds(
        lambda rotation, qubit: Gate(rotation[0], (qubit,), (rotation[1],)),
        rotations(rx),
        st.integers(0, 2),
    )
    pairs = st.sampled_from([(0, 1), (1, 0), (1, 2), (2, 0)])
    fixed = st.builds(Gate, st.sampled_from(("cz", "iswap")), pairs)
    turning = st.builds(lambda n, q, a: Gate(n, q, (a,)), st.sampled_from(("zz", "xx")), pairs, ANY)
    return st.lists(one | one | fixed | turning, max_size=14)


def matrix(gates: list[Gate] | tuple[Gate, ...], *, n: int = 3) -> np.ndarray:
    circuit = Circuit(n, tuple(gates))
    return isometry(circuit, starts=range(n), ends=range(n), values=VALUES)


def as_gates(run: object) -> tuple[Gate, ...]:
    return tuple(Gate(axis, (0,), (angle,)) for axis, angle in run)


def pulses(gates: object) -> int:
    return sum(1 for gate in gates if len(gate.qubits) == 1 and gate.name != "rz")


def assert_equal_up_to_phase(one: np.ndarray, other: np.ndarray) -> None:
    product = one @ other.conj().T
    np.testing.assert_allclose(product, product[0, 0] * np.eye(len(one)), atol=1e-7)
    np.testing.assert_allclose(abs(product[0, 0]), 1, atol=1e-7)


@given(ANY, st.integers(-3, 3))
def test_a_wrapped_angle_is_the_angle_of_every_number_of_turns_more(
    angle: Angle, turns: int
) -> None:
    more = angle + Angle(turns * math.tau)
    assert wrapped(more) == wrapped(angle)
    assert wrapped(wrapped(angle)) == wrapped(angle)
    assert -math.pi < wrapped(more).constant <= math.pi


@given(st.lists(rotations(ANY), max_size=9))
def test_a_shortest_run_is_the_same_rotation_with_no_more_pulses(
    run: list[tuple[str, Angle]],
) -> None:
    short = shortest(run, continuous=True, measured=False)
    assert_equal_up_to_phase(matrix(as_gates(run), n=1), matrix(as_gates(short), n=1))
    assert pulses(as_gates(short)) <= pulses(as_gates(run))


@given(st.lists(st.tuples(st.sampled_from(("rz", "rx")), FIXED), max_size=9))
def test_a_fixed_run_needs_one_pulse_of_any_angle(run: list[tuple[str, Angle]]) -> None:
    assert pulses(as_gates(shortest(run, continuous=True, measured=False))) <= 1


@given(st.lists(st.tuples(st.just("rz"), FIXED) | st.tuples(st.just("rx"), QUARTERS), max_size=12))
def test_a_fixed_run_needs_two_quarter_turns(run: list[tuple[str, Angle]]) -> None:
    short = shortest(run, continuous=False, measured=False)
    assert_equal_up_to_phase(matrix(as_gates(run), n=1), matrix(as_gates(short), n=1))
    assert pulses(as_gates(short)) <= 2
    assert {round(a.constant / (math.pi / 2), 9) % 1 for x, a in short if x == "rx"} <= {0}


@given(st.data(), st.booleans())
def test_merging_keeps_the_matrix_and_adds_no_pulse(data: st.DataObject, continuous: bool) -> None:
    gates = data.draw(lowered(ANY if continuous else QUARTERS))
    merged = merged_rotations(gates, continuous=continuous)
    assert_equal_up_to_phase(matrix(gates), matrix(merged))
    assert pulses(merged) <= pulses(gates)


@given(lowered(ANY), st.text("IXYZ", min_size=2, max_size=2), st.permutations(range(3)))
def test_dropping_what_a_measurement_cannot_see_keeps_the_outcomes(
    gates: list[Gate], basis: str, order: list[int]
) -> None:
    measured = order[:2]
    rotated = rotations_into(basis, measured_qubits=measured)
    whole = [*gates, *(Gate(a, (q,), (t,)) for q, run in rotated.items() for a, t in run)]
    short = measured_form(gates, rotations=rotated, continuous=True)
    assert len(short) <= len(whole)
    one, other = (
        outcome_probabilities(Circuit(3, tuple(form)), measured=measured, values=VALUES)
        for form in (whole, short)
    )
    np.testing.assert_allclose(one, other, atol=1e-7)


PRX = Natives(Pulse.PRX, continuous=True, xx_name="ms")
GPI = Natives(Pulse.GPI, continuous=False, xx_name="ms")
RX = Natives(Pulse.RX, continuous=True)


@given(st.data(), st.sampled_from((PRX, GPI, RX)))
def test_emission_keeps_the_matrix_up_to_a_final_diagonal(
    data: st.DataObject, natives: Natives
) -> None:
    gates = data.draw(lowered(ANY if natives.continuous else QUARTERS))
    gates = list(merged_rotations(gates, continuous=natives.continuous))
    frame = matrix(emit(gates, natives=natives)) @ matrix(gates).conj().T
    np.testing.assert_allclose(np.abs(frame), np.eye(8), atol=1e-7)


def test_diagonal_gates_before_the_measurement_go_layer_by_layer() -> None:
    free = Angle(0.0, (("a", 1.0),))
    layer = [Gate("cz", (0, 1)), Gate("zz", (1, 2), (free,)), Gate("rz", (2,), (free,))]
    gates = [Gate("rx", (0,), (free,)), *layer, *layer]
    kept = measured_form(
        gates, rotations=rotations_into("ZZZ", measured_qubits=(0, 1, 2)), continuous=True
    )
    assert kept == (Gate("rx", (0,), (free,)),)


def test_what_is_not_measured_is_not_computed_at_the_end() -> None:
    turn = Gate("rx", (1,), (Angle(0.4),))
    gates = [Gate("rx", (0,), (Angle(0.3),)), turn, Gate("cz", (0, 1)), turn]
    kept = measured_form(gates, rotations={0: []}, continuous=True)
    assert kept == (Gate("rx", (0,), (Angle(0.3),)),)


def test_a_basis_rotation_melts_into_a_free_rotation_about_the_same_axis() -> None:
    free = Angle(0.0, (("a", 1.0),))
    ry = [("rz", Angle(-math.pi / 2)), ("rx", free), ("rz", Angle(math.pi / 2))]
    gates = [Gate(axis, (0,), (angle,)) for axis, angle in ry]
    kept = measured_form(
        gates, rotations=rotations_into("X", measured_qubits=(0,)), continuous=True
    )
    assert pulses(kept) == 1


def test_a_half_turn_passes_an_entangling_gate_to_meet_the_next_rotation() -> None:
    half, some = Gate("rx", (0,), (Angle(math.pi),)), Gate("rx", (0,), (Angle(0.3),))
    entangling = Gate("zz", (0, 1), (Angle(0.7),))
    for gates in ([half, entangling, some], [some, entangling, half]):
        merged = merged_rotations(gates, continuous=True)
        assert pulses(merged) == 1
        assert_equal_up_to_phase(matrix(gates), matrix(merged))
