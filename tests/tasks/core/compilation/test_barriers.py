"""Nothing is moved, merged or cancelled across a barrier, and a barrier changes no outcome."""

import numpy as np
import pytest
from ansatz_circuits import inverse, program
from device_forms import FORMS, LOCAL
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from reference import isometry

from datasets.records.circuits import BARRIER, Angle, Circuit, Gate
from datasets.records.compiled import CompiledProgram
from datasets.records.devices import DeviceSnapshot
from tasks.core.circuits.barriers import effective, without
from tasks.core.compilation.compiler import CompileOptions, compile_program
from tasks.core.qasm.reading import read_circuit

pytestmark = pytest.mark.slow

WIDTH = 4
ALL = Gate(BARRIER, tuple(range(WIDTH)))
QUICK = CompileOptions(seeds=1)

pairs = st.permutations(range(WIDTH)).map(lambda order: tuple(order[:2]))
turns = st.floats(0.1, 1.4).map(Angle)
gates = (
    st.builds(Gate, st.sampled_from(["cnot", "cz"]), pairs)
    | st.builds(lambda on, by: Gate("zz", on, (by,)), pairs, turns)
    | st.builds(lambda name, on: Gate(name, (on,)), st.sampled_from("hx"), st.integers(0, 3))
    | st.builds(
        lambda name, on, by: Gate(name, (on,), (by,)),
        st.sampled_from(["rx", "rz"]),
        st.integers(0, 3),
        turns,
    )
)
blocks = st.lists(gates, min_size=1, max_size=8)


def compiled(made: list[Gate], snapshot: DeviceSnapshot = LOCAL) -> CompiledProgram:
    source = Circuit(WIDTH, tuple(made))
    return compile_program(program(source), snapshot=snapshot, bases=["Z" * WIDTH], options=QUICK)


def entangling(circuit: Circuit) -> int:
    return sum(len(gate.qubits) > 1 for gate in circuit.gates)


def undone(block: list[Gate]) -> list[Gate]:
    return [inverse(gate) for gate in reversed(block)]


@pytest.mark.parametrize("snapshot", FORMS, ids=lambda snapshot: snapshot.name)
def test_a_circuit_and_its_inverse_do_not_cancel_across_a_barrier(snapshot: DeviceSnapshot) -> None:
    way = [
        Gate("h", (0,)),
        Gate("cnot", (0, 1)),
        Gate("rx", (1,), (Angle(0.7),)),
        Gate("cz", (1, 2)),
    ]
    way.append(Gate("cnot", (2, 3)))
    held = compiled([*way, ALL, *undone(way)], snapshot)
    free = compiled([*way, *undone(way)], snapshot)
    assert entangling(free.measured[0].circuit) == 0
    assert entangling(held.measured[0].circuit) >= 2 * entangling(compiled(way, snapshot).circuit)
    assert all(gate.name != BARRIER for gate in held.circuit.gates + held.measured[0].circuit.gates)


@given(blocks, blocks)
@settings(max_examples=25, phases=[Phase.explicit, Phase.generate])
def test_each_side_of_a_barrier_compiles_as_if_it_were_alone(
    one: list[Gate], other: list[Gate]
) -> None:
    whole = compiled([*one, ALL, *other])
    alone = entangling(compiled(one).circuit) + entangling(compiled(other).circuit)
    assert entangling(whole.circuit) == alone
    assert_same(Circuit(WIDTH, (*one, *other)), whole)


@given(blocks, blocks, st.sets(st.integers(0, 3), min_size=1))
@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])
def test_a_barrier_on_some_qubits_changes_no_outcome(
    one: list[Gate], other: list[Gate], held: set[int]
) -> None:
    whole = compiled([*one, Gate(BARRIER, tuple(sorted(held))), *other])
    assert_same(Circuit(WIDTH, (*one, *other)), whole)


def assert_same(source: Circuit, made: CompiledProgram) -> None:
    qubits = range(WIDTH)
    meant = isometry(source, starts=qubits, ends=qubits, values={})
    done = isometry(made.circuit, starts=made.layout, ends=made.measured_qubits, values={})
    frame = done @ meant.conj().T
    np.testing.assert_allclose(np.abs(np.diag(frame)), 1, atol=1e-6)


@pytest.mark.parametrize("snapshot", FORMS, ids=lambda snapshot: snapshot.name)
def test_a_barrier_on_one_qubit_keeps_its_rotations_apart(snapshot: DeviceSnapshot) -> None:
    half, quarter = Gate("h", (0,)), Gate("rx", (0,), (Angle(np.pi / 2),))
    whole = compiled([half, Gate("cz", (0, 1)), quarter, Gate(BARRIER, (0,)), quarter], snapshot)
    free = compiled([half, Gate("cz", (0, 1)), quarter, quarter], snapshot)
    assert len(_pulses(whole)) > len(_pulses(free))


def _pulses(made: CompiledProgram) -> list[Gate]:
    label = made.layout[0]
    found = made.measured[0].circuit.gates
    return [gate for gate in found if gate.qubits == (label,) and gate.name != "rz"]


def test_barriers_that_part_nothing_are_left_out() -> None:
    one, last = Gate("h", (0,)), Gate("cnot", (0, 1))
    assert effective([ALL, one, Gate(BARRIER, (1, 2)), ALL, last, ALL]) == (one, ALL, last)
    assert without([one, ALL, last]) == (one, last)


def test_barriers_of_a_text_are_kept_also_those_inside_a_gate() -> None:
    text = (
        'OPENQASM 2.0; include "qelib1.inc"; gate twice a, b { x a; barrier a, b; x a; }'
        "qreg q[3]; creg c[3]; barrier q; twice q[2], q[0]; barrier q; h q[1]; measure q -> c;"
    )
    read = read_circuit(text, origin="it.qasm")
    assert read.circuit.gates == (
        Gate("x", (2,)), Gate(BARRIER, (0, 2)), Gate("x", (2,)), Gate(BARRIER, (0, 1, 2)),
        Gate("h", (1,)),
    )  # fmt: skip
    again = read_circuit(read.source, origin="it.qasm")
    assert again.digest == read.digest
