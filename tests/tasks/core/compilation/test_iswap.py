"""A cz is one iswap where the state or the couplers allow it, and the outcomes stay the same."""

import numpy as np
import pytest
from ansatz_circuits import ghz, program
from device_forms import ISWAP
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import amplitudes

from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.compiled import CompiledProgram
from tasks.core.compilation.compiler import compile_program
from tasks.core.compilation.iswap import exchanged

WIDTH = 4
LINE = frozenset(frozenset((q, q + 1)) for q in range(WIDTH - 1))
ALL = frozenset(frozenset((a, b)) for a in range(WIDTH) for b in range(a))

angles = st.sampled_from([np.pi / 2, np.pi, -np.pi / 2, 0.3]).map(Angle)
turns = st.builds(
    lambda name, qubit, angle: Gate(name, (qubit,), (angle,)),
    st.sampled_from(["rx", "rz"]), st.integers(0, WIDTH - 1), angles,
)  # fmt: skip


def gates(couplers: frozenset[frozenset[int]]) -> st.SearchStrategy[list[Gate]]:
    pairs = st.sampled_from(sorted(map(tuple, map(sorted, couplers))))
    return st.lists(
        turns | st.builds(Gate, st.sampled_from(["cz", "cz", "iswap"]), pairs), max_size=16
    )


def states(made: list[Gate], places: list[int]) -> np.ndarray:
    found = amplitudes(Circuit(WIDTH, tuple(made)), qubits=range(WIDTH), values={})
    return np.moveaxis(found, places, range(WIDTH)).reshape(-1)


@pytest.mark.parametrize("couplers", [LINE, ALL], ids=["line", "all"])
@given(data=st.data())
@settings(max_examples=100)
def test_the_state_is_the_same_where_the_qubits_end(
    couplers: frozenset[frozenset[int]], data: st.DataObject
) -> None:
    made = data.draw(gates(couplers))
    written, places = exchanged(made, couplers=couplers)
    ends = [places.get(qubit, qubit) for qubit in range(WIDTH)]
    assert abs(np.vdot(states(made, list(range(WIDTH))), states(list(written), ends))) == (
        pytest.approx(1, abs=1e-9)
    )
    assert all(gate.name in {"rz", "rx", "iswap"} for gate in written)
    assert all(frozenset(g.qubits) in couplers for g in written if len(g.qubits) == 2)
    two = [gate.name for gate in made].count
    assert [g.name for g in written].count("iswap") <= 2 * two("cz") + two("iswap")


def entangling(made: CompiledProgram) -> int:
    return made.metrics.two_qubit_gates


@pytest.mark.slow
@pytest.mark.parametrize("n_qubits", [2, 3, 5])
def test_a_ghz_state_is_one_iswap_a_link(n_qubits: int) -> None:
    made = compile_program(program(ghz(n_qubits)), snapshot=ISWAP, bases=["Z" * n_qubits])
    assert entangling(made) == n_qubits - 1
    if n_qubits == 2:
        assert made.metrics.one_qubit_gates == 3
