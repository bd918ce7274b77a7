"""What a program measures is as its text says, and nothing else of the text is run."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.problems import Hamiltonian
from tasks.core.estimation.measurements import bits_of, program_of
from tasks.core.estimation.observables import Observable, parse_observables
from tasks.core.physics.hamiltonian import merge
from tasks.core.qasm.circuit import ReadCircuit
from tasks.core.qasm.reading import read_circuit
from tasks.errors import BadInput
from tests.tasks.core.compilation.reference import amplitudes, outcome_probabilities
from tests.tasks.core.qasm.measured_texts import MeasuredText, by_qiskit, measured_texts

GATES = {"x": (1, 0), "h": (1, 0), "ry": (1, 1), "cx": (2, 0), "cz": (2, 0)}
HEAD = 'OPENQASM 3.0; include "stdgates.inc"; '


def read(text: str) -> ReadCircuit:
    return read_circuit(text, origin="it.qasm")


def named(read: ReadCircuit, *texts: str) -> tuple[Observable, ...]:
    def none(name: str) -> Hamiltonian:
        raise AssertionError(name)

    return parse_observables(texts, n_qubits=read.n_qubits, problem=none)


def z_each(read: ReadCircuit) -> tuple[Observable, ...]:
    return named(read, *(f"Z{qubit}" for qubit in read.measured_qubits))


@given(measured_texts(gates=GATES))
def test_outcomes_of_the_program_are_those_of_the_text(text: MeasuredText) -> None:
    for source in (text.old, text.new):
        made = read(source)
        program = program_of(made, z_each(made), name="it")
        found = outcome_probabilities(program.circuit, measured=program.bits, values={})
        keys = map("".join, itertools.product("01", repeat=len(program.bits)))
        likely = {key: p for key, p in zip(keys, found.tolist(), strict=True) if p > 1e-9}
        assert likely == pytest.approx(by_qiskit(text), abs=1e-9)
        assert len(program.bits) == len(text.written)


@given(measured_texts(gates=GATES), st.data())
def test_an_observable_is_worth_the_same_on_the_bits_as_on_the_qubits(
    text: MeasuredText, data: st.DataObject
) -> None:
    made = read(text.new)
    letters = data.draw(
        st.lists(st.sampled_from("IZ"), min_size=made.n_qubits, max_size=made.n_qubits)
    )
    if set(letters) == {"I"}:
        return
    whole = Observable("it", merge([("".join(letters), 1.5)], n_qubits=made.n_qubits))
    bits = bits_of(made, [whole])
    program = program_of(made, [whole], name="it")
    (moved,) = bits.of([whole])
    state = amplitudes(made.circuit, qubits=range(made.n_qubits), values={})
    assert _z_value(np.abs(state).reshape(-1) ** 2, whole.hamiltonian) == pytest.approx(
        _z_value(
            outcome_probabilities(program.circuit, measured=program.bits, values={}),
            moved.hamiltonian,
        )
    )
    assert bits.qubits[: len(made.measurements)] == made.measurements


def _z_value(probabilities: np.ndarray, hamiltonian: Hamiltonian) -> float:
    (term,) = hamiltonian.terms
    signs = np.array([1.0])
    for letter in term.pauli:
        signs = np.kron(signs, [1.0, -1.0 if letter == "Z" else 1.0])
    return float(term.coefficient * (signs @ probabilities))


def test_what_is_measured_is_a_part_of_the_identity() -> None:
    body = f"{HEAD} qubit[3] q; bit[3] c; h q[0]; cx q[0], q[1]; cx q[1], q[2];"
    measured = (
        "c = measure q;",
        "c[0] = measure q[1];",
        "c[1] = measure q[0]; c[0] = measure q[1];",
    )
    ids = {program_of(read(f"{body} {each}"), (), name="it").program_id for each in measured}
    assert len(ids) == len(measured)


def test_all_qubits_in_order_are_one_program_however_that_is_said() -> None:
    body = f"{HEAD} qubit[2] q; bit[4] c; h q[0]; cx q[0], q[1];"
    texts = ("", "c[0:1] = measure q;", "c[1] = measure q[0]; c[3] = measure q[1];", "measure q;")
    programs = [program_of(read(f"{body} {each}"), (), name="it") for each in texts]
    assert all(each == programs[0] for each in programs)
    assert programs[0].program_id == read(body).digest
    assert programs[0].measured_qubits is None


def test_qubits_that_are_not_used_are_no_part_of_the_program() -> None:
    made = read(
        f"{HEAD} qubit[127] q; bit[2] c; h q[62]; cx q[62], q[72]; c = measure q[62:10:72];"
    )
    program = program_of(made, z_each(made), name="it")
    assert (program.circuit.n_qubits, program.bits) == (2, (0, 1))
    assert [gate.qubits for gate in program.circuit.gates] == [(0,), (0, 1)]
    assert {term.pauli for term in program.observable.terms} == {"ZI", "IZ"}


def test_an_observable_s_qubits_are_measured_beside_the_text_s() -> None:
    made = read(f"{HEAD} qubit[4] q; bit c; h q; c = measure q[2];")
    assert bits_of(made, named(made, "X0*Z2 + Y1")).qubits == (2, 0, 1)
    silent = read(f"{HEAD} qubit[4] q; h q[2];")
    assert bits_of(silent, named(silent, "Z0")).qubits == (0, 2)
    assert bits_of(read(f"{HEAD} qubit[2] q;")).qubits == (0, 1)


@pytest.mark.parametrize("measured", ["measure q[5];", "bit[3] c; c[1] = measure q[5];"])
def test_where_there_is_no_gate_only_what_is_measured_is_part_of_the_program(measured: str) -> None:
    program = program_of(read(f"{HEAD} qubit[127] q; {measured}"), (), name="it")
    assert program.circuit.n_qubits == 1
    assert program.bits == (0,)


def test_more_bits_than_an_outcome_has_are_refused_with_the_limit() -> None:
    made = read(f"{HEAD} qubit[65] q; bit[65] c; h q; c = measure q;")
    with pytest.raises(BadInput, match=r"measures 65 qubits; an outcome has at most 64 bits\."):
        program_of(made, (), name="it")
