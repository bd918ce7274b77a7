"""What a circuit is predicted to cost on a device."""

import dataclasses
import math

import pytest
from device_forms import IQM, RIGETTI
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.circuits import Angle, Circuit, Gate
from tasks.core.compilation.success import Fidelities, estimated_success, metrics
from tasks.errors import Terminal

GATES = st.lists(
    st.sampled_from((Gate("prx", (1,), (Angle(1.0), Angle())), Gate("cz", (1, 2)))), max_size=9
)


@given(GATES, GATES)
def test_success_of_a_sequence_is_the_product_of_its_parts(
    first: list[Gate], second: list[Gate]
) -> None:
    whole, *parts = (
        estimated_success(Circuit(2, tuple(gates)), measured_qubits=(), snapshot=IQM)
        for gates in ([*first, *second], first, second)
    )
    assert math.isclose(whole, math.prod(parts))
    assert 0 <= whole <= 1


def test_success_counts_gates_couplers_and_the_readout_of_measured_qubits() -> None:
    circuit = Circuit(2, (Gate("prx", (1,), (Angle(1.0), Angle())), Gate("cz", (2, 1))))
    figures = Fidelities(IQM)
    assert math.isclose(
        estimated_success(circuit, measured_qubits=(2,), snapshot=IQM),
        figures.one_qubit(1) * figures.two_qubit(1, 2) * figures.readout(2),
    )


def test_a_virtual_rz_costs_neither_time_nor_error() -> None:
    turned = Circuit(2, (Gate("rz", (0,), (Angle(1.0),)), Gate("cz", (0, 1))))
    bare = Circuit(2, turned.gates[1:])
    assert metrics(turned, measured_qubits=(0, 1), snapshot=RIGETTI) == metrics(
        bare, measured_qubits=(0, 1), snapshot=RIGETTI
    )


def test_depth_counts_layers_of_gates_that_can_run_side_by_side() -> None:
    pulse = [Gate("prx", (label,), (Angle(1.0), Angle())) for label in (1, 2, 4)]
    found = metrics(
        Circuit(3, (*pulse, Gate("cz", (1, 2)), Gate("cz", (1, 4)))),
        measured_qubits=(1, 2, 4),
        snapshot=IQM,
    )
    assert (found.depth, found.two_qubit_gates, found.one_qubit_gates) == (3, 2, 3)


def test_a_qubit_without_a_figure_is_as_bad_as_the_worst_that_has_one() -> None:
    first, *others = IQM.qubits
    bare = dataclasses.replace(first, one_qubit_fidelity=None, readout_fidelity=None)
    figures = Fidelities(dataclasses.replace(IQM, qubits=(bare, *others)))
    assert figures.one_qubit(1) == min(figures.one_qubit(label) for label in range(2, 10))
    assert figures.readout(1) == min(figures.readout(label) for label in range(2, 10))


def test_a_device_without_figures_is_perfect() -> None:
    bare = tuple(
        dataclasses.replace(qubit, one_qubit_fidelity=None, readout_fidelity=None)
        for qubit in IQM.qubits
    )
    assert Fidelities(dataclasses.replace(IQM, qubits=bare)).readout(1) == 1


@pytest.mark.parametrize("gate", [Gate("cz", (1, 9)), Gate("prx", (77,))])
def test_success_on_what_the_device_does_not_have_is_refused(gate: Gate) -> None:
    with pytest.raises(Terminal, match="Grid has no"):
        estimated_success(Circuit(2, (gate,)), measured_qubits=(), snapshot=IQM)
