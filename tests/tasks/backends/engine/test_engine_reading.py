"""The reader takes what Braket's interpreter takes, and says what it leaves alone."""

import numpy as np
import pytest

from tasks.backends.engine import running
from tasks.backends.engine.program import Formula, Uncovered
from tasks.backends.engine.reading import read

pytestmark = pytest.mark.slow

HEAD = "OPENQASM 3.0;\ninput float x;\nbit[2] b;\nqubit[3] q;\n"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('include "stdgates.inc";\nh q[0];', "it includes a file"),
        ("reset q[1];", "it resets qubit 1"),
        ("b[0] = measure q[0]; h q[0];", "measures in the middle"),
        ("b[0] = measure q[0]; b[1] = measure q[0];", "measures a qubit twice"),
        ("b[0] = measure q[0]; if (b[0] == 1) { x q[1]; }", "computes with measured bits"),
        ("b[0] = measure q[0]; bit c = b[0]; h q[1];", "computes with measured bits"),
        ("nothing q[0];", "Gate nothing is not defined"),
        ("h q[0]", "interpreter stops"),
        ("cnot q[0], q[0];", "names a qubit twice"),
        ("pow(x) @ rx(0.1) q[0];", "interpreter stops"),
        ("", "it has no qubits"),
    ],
)
def test_what_is_not_covered_is_said(body: str, reason: str) -> None:
    with pytest.raises(Uncovered, match=reason):
        read(HEAD + body)


def test_no_file_is_ever_opened(tmp_path: object) -> None:
    for text in (f'OPENQASM 3.0;include "{tmp_path}/a.inc";', f"{tmp_path}/a.qasm"):
        with pytest.raises(Uncovered):
            read(text)


def test_angles_that_are_affine_stay_so_and_others_are_formulas() -> None:
    program = read(HEAD + "rx(pi/2 - 3*x/2) q[0]; rx(x*x) q[1]; rx(x - x + 1) q[2];").program
    first, second, third = (step.angles[0] for step in program.steps)
    assert first.terms == (("x", -1.5),)
    assert first.constant == pytest.approx(np.pi / 2)
    assert isinstance(second, Formula)
    assert third.terms == ()


def test_qubits_and_bits_keep_the_program_s_order() -> None:
    found = read("OPENQASM 3.0;\nbit[2] b;\nx $7; h $3;\nb[0] = measure $7;\nb[1] = measure $3;\n")
    assert found.qubits == (3, 7)
    assert found.measured == (7, 3)
    probabilities = running.probabilities([found.program], np.empty((1, 0)), names=())
    assert probabilities.values[0][0] == pytest.approx([0, 0.5, 0, 0.5])


def test_a_verbatim_box_is_what_stands_in_it() -> None:
    boxed = read("OPENQASM 3.0;\n#pragma braket verbatim\nbox{\nprx(0.1, 0.2) $1;\n}\n")
    plain = read("OPENQASM 3.0;\nprx(0.1, 0.2) $1;\n")
    assert boxed.program == plain.program


def test_bound_inputs_may_decide_loops() -> None:
    source = "OPENQASM 3.0;\ninput int n;\nqubit[1] q;\nfor int i in [1:n] { x q[0]; }\n"
    assert len(read(source, {"n": 3}).program.steps) == 3
    with pytest.raises(Uncovered):
        read(source)
