"""Only what is measured is laid out, paid for in predictions, and read."""

import math
from dataclasses import replace

import numpy as np
import pytest
from ansatz_circuits import ghz, program
from device_forms import FORMS, IQM
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import amplitudes, outcome_probabilities

from datasets.records.circuits import Circuit, Gate
from datasets.records.devices import DeviceSnapshot
from tasks.core.compilation.compiler import CompileOptions, compile_program
from tasks.core.compilation.measurement import light_cone
from tasks.core.compilation.success import Fidelities

pytestmark = pytest.mark.slow

QUICK = CompileOptions(seeds=2)


@pytest.mark.parametrize("snapshot", FORMS, ids=lambda snapshot: snapshot.name)
@pytest.mark.parametrize("measured", [(0,), (3, 1), (2, 0, 3, 1)])
def test_the_compiled_program_measures_the_bits_in_their_order(
    measured: tuple[int, ...], snapshot: DeviceSnapshot
) -> None:
    source = Circuit(4, (Gate("x", (1,)), *ghz(4).gates, Gate("x", (3,)), Gate("h", (2,))))
    wanted = replace(program(source), measured_qubits=measured)
    basis = "Z" * len(measured)
    made = compile_program(wanted, snapshot=snapshot, bases=[basis], options=QUICK)
    (form,) = made.measured
    state = np.abs(amplitudes(source, qubits=range(4), values={})) ** 2
    moved = np.moveaxis(state, measured, range(len(measured)))
    meant = moved.reshape(2 ** len(measured), -1).sum(axis=1)
    found = outcome_probabilities(form.circuit, measured=made.measured_qubits, values={})
    np.testing.assert_allclose(found, meant, atol=1e-7)


def test_the_prediction_pays_for_the_readout_of_what_is_measured() -> None:
    one = compile_program(
        replace(program(ghz(5)), measured_qubits=(0,)), snapshot=IQM, bases=["Z"], options=QUICK
    )
    every = compile_program(program(ghz(5)), snapshot=IQM, bases=["ZZZZZ"], options=QUICK)
    fidelities = Fidelities(IQM)
    (label,) = one.measured_qubits
    best = max(map(fidelities.readout, (qubit.label for qubit in IQM.qubits)))
    assert one.metrics.estimated_success == pytest.approx(fidelities.readout(label), abs=2e-3)
    assert fidelities.readout(label) == best
    read = math.prod(map(fidelities.readout, every.measured_qubits))
    assert every.metrics.estimated_success < read < one.metrics.estimated_success


@given(st.data())
@settings(max_examples=30)
def test_gates_outside_the_light_cone_change_no_outcome(data: st.DataObject) -> None:
    pairs = st.permutations(range(4)).map(lambda order: Gate("cnot", (order[0], order[1])))
    turns = st.builds(
        lambda name, qubit: Gate(name, (qubit,)), st.sampled_from("hxt"), st.integers(0, 3)
    )
    circuit = Circuit(4, tuple(data.draw(st.lists(pairs | turns, max_size=12))))
    measured = tuple(data.draw(st.permutations(range(4)))[: data.draw(st.integers(1, 4))])
    kept = light_cone(circuit, measured=measured)
    np.testing.assert_allclose(_outcomes(kept, measured), _outcomes(circuit, measured), atol=1e-9)


def _outcomes(circuit: Circuit, measured: tuple[int, ...]) -> np.ndarray:
    idle = tuple(Gate("i", (qubit,)) for qubit in range(4))
    return outcome_probabilities(Circuit(4, (*idle, *circuit.gates)), measured=measured, values={})
