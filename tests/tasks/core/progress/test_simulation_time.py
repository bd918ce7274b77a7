"""A simulation that takes minutes is told of before it begins, and a short one is not."""

from hypothesis import given
from hypothesis import strategies as st

from datasets.records.circuits import Circuit, Gate
from tasks.core.progress.simulation_time import Simulation, long_line, simulation


def chain(n_qubits: int, layers: int) -> Circuit:
    gates = [Gate("cz", (q, q + 1)) for _ in range(layers) for q in range(n_qubits - 1)]
    return Circuit(n_qubits, tuple(gates))


def test_ten_qubits_with_noise_are_told_of_and_six_are_not() -> None:
    ten = simulation([chain(10, 30)], points=75, dense=True)
    said = long_line([ten])
    assert said.startswith("this will take some ")
    assert "270 gates on a density matrix of 10 qubits, at 75 points" in said
    assert "local:sv" in said
    assert "\n" not in said
    assert long_line([simulation([chain(6, 30)], points=75, dense=True)]) == ""
    assert long_line([simulation([chain(10, 30)], points=75, dense=False)]) == ""


def test_qubits_that_no_gate_touches_do_not_count() -> None:
    wide = Circuit(25, (Gate("h", (3,)), Gate("cz", (3, 20))))
    assert simulation([wide], points=1, dense=True).qubits == 2


SIZES = st.builds(
    Simulation, st.integers(0, 1000), st.integers(0, 12), st.integers(0, 10**6), st.booleans()
)


@given(SIZES, st.integers(1, 10))
def test_more_work_takes_no_less_time(one: Simulation, more: int) -> None:
    for gates, qubits, points in ((more, 0, 0), (0, more, 0), (0, 0, more)):
        other = Simulation(one.gates + gates, one.qubits + qubits, one.points + points, one.dense)
        assert other.expected_s >= one.expected_s


def test_nothing_to_do_is_not_told_of() -> None:
    assert long_line([]) == long_line([simulation([], points=0, dense=True)]) == ""
