"""Measurements midway, outcomes that decide, and resets mean what they mean, put off to the end."""

import itertools

import pytest
from hypothesis import Phase, given, settings

from datasets.records.circuits import Gate
from tasks.core.estimation.measurements import bits_of, program_of
from tasks.core.estimation.observables import parse_observables
from tasks.core.qasm.reading import read_circuit
from tests.tasks.core.compilation.reference import outcome_probabilities
from tests.tasks.core.qasm.dynamic_texts import N_BITS, Line, lines, probabilities, text_of
from tests.tasks.core.qasm.measured_texts import distance

HEAD = 'OPENQASM 3.0; include "stdgates.inc"; '
OLD = 'OPENQASM 2.0; include "qelib1.inc"; '


def outcomes(text: str) -> dict[str, float]:
    """Return the probabilities of the bit strings of a text."""
    program = program_of(read_circuit(text, origin="it.qasm"), (), name="it")
    found = outcome_probabilities(program.circuit, measured=program.bits, values={})
    keys = map("".join, itertools.product("01", repeat=len(program.bits)))
    return {key: p for key, p in zip(keys, found.tolist(), strict=True) if p > 1e-12}


@given(lines)
@settings(max_examples=150)
def test_a_dynamic_text_has_the_outcomes_of_all_its_branches(made: list[Line]) -> None:
    text = text_of(made)
    assert outcomes(text) == pytest.approx(probabilities(made), abs=1e-9), text


@pytest.mark.slow
@given(lines)
@settings(max_examples=8, phases=[Phase.explicit, Phase.generate])
def test_a_dynamic_text_has_the_outcomes_of_braket_s_simulator(made: list[Line]) -> None:
    from braket.devices import LocalSimulator
    from braket.ir.openqasm import Program

    known = [Line("measure", Gate("i", (0,)), bit) for bit in range(N_BITS)]  # Braket insists
    text = text_of([*known, *(line for line in made if line.wanted is None or line.wanted < 2)])
    shots = 1000
    result = LocalSimulator("braket_sv").run(Program(source=text), shots=shots).result()
    theirs = {key: count / shots for key, count in result.measurement_counts.items()}
    assert distance(outcomes(text), theirs) < 0.15, text


DECIDED = """
qubit q; bit c; x q; c = measure q; if (c) x q; bit d = measure q; -> 10
qubit q; bit c; h q; reset q; c = measure q; -> 0
qubit q; bit[2] c; x q; c[0] = measure q; reset q; c[1] = measure q; -> 10
qubit q; bit[2] c; x q; c[1] = measure q; c[0] = measure q; -> 11
qubit q; bit[2] c; h q; c[0] = measure q; h q; c[1] = measure q; -> 00 01 10 11
qubit[2] q; bit[2] c; x q; c[0] = measure q[0]; if (c[0] != 1) h q[1]; else { x q[1]; } \
 c[1] = measure q[1]; -> 10
qubit[3] q; bit[3] c; x q[0:1]; c[0:1] = measure q[0:1]; \
 if (c[0] && !(c[1] == false)) { x q[2]; } c[2] = measure q[2]; -> 111
qubit[2] q; bit[2] c = "10"; if (c == 2) x q[0]; c = measure q; -> 10
qubit[2] q; bit[2] c; x q[1]; c = measure q; if (c > 1) x q[0]; bit d = measure q[0]; -> 011
qubit[3] q; bit[3] c; x q; c = measure q; for int i in [0:2] { if (c[i]) x q[i]; } \
 c = measure q; -> 000
const int two = 2; qubit[2] q; bit[2] c; x q[1]; c = measure q; if (c == two) { x q[1]; } \
 c = measure q; -> 00
qubit[2] q; qubit[1] r; bit[3] c; x r[0]; let all = r ++ q; c = measure all; -> 100
qubit[3] q; let ends = q[{2, 0}]; bit[2] c; x ends[0]; c = measure ends; -> 10
qubit[4] q; let odd = q[1:2:3]; x odd; bit[2] c = measure q[2:3]; -> 01
qubit[2] q; bit[1] a; bit[2] b; let ab = b ++ a; x q; ab[0] = measure q[0]; ab[2] = measure q[1]; \
 -> 11
qubit[2] q; bit[2] c; let d = c[{1, 0}]; x q[0]; d = measure q; if (d == 1) x q[1]; \
 bit e = measure q[1]; -> 011
qubit[3] q; bit[3] c; x q[{0, -1}]; c = measure q; -> 101
"""


@pytest.mark.parametrize("case", DECIDED.strip().splitlines())
def test_what_is_decided_midway_comes_out_at_the_end(case: str) -> None:
    text, _, meant = case.partition("->")
    likely = meant.split()
    assert outcomes(HEAD + text) == pytest.approx(dict.fromkeys(likely, 1 / len(likely)))


def test_a_state_is_teleported_in_openqasm_2() -> None:
    text = (
        f"{OLD} qreg q[3]; creg a[1]; creg b[1]; creg out[1]; ry(0.8) q[0];"
        "h q[1]; cx q[1], q[2]; cx q[0], q[1]; h q[0]; measure q[0] -> a[0]; measure q[1] -> b[0];"
        "if (b == 1) x q[2]; if (a == 1) z q[2]; ry(-0.8) q[2]; measure q[2] -> out[0];"
    )
    assert outcomes(text) == pytest.approx(dict.fromkeys(("000", "010", "100", "110"), 0.25))


def test_observables_are_of_the_qubits_as_they_are_at_the_end() -> None:
    read = read_circuit(
        f"{HEAD} qubit[2] q; bit c; x q[0]; c = measure q[0]; reset q[0]; x q[1];", origin="it"
    )
    assert (read.n_qubits, read.circuit.n_qubits) == (2, 3)
    asked = parse_observables(["Z0 - Z1"], n_qubits=2, problem=pytest.fail)
    bits = bits_of(read, asked)
    assert bits.qubits == (2, 0, 1)
    assert outcomes(f"{HEAD} qubit[2] q; bit c; x q[0]; c = measure q[0]; reset q[0];") == {"1": 1}
