"""A circuit that cannot be read is refused in one line that says where and what to do."""

import builtins
import io
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.qasm.reading import read_circuit
from tasks.core.qasm.spelling import MAX_STEPS
from tasks.errors import BadInput

HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
OLD = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'


def refused(text: str) -> str:
    with pytest.raises(BadInput) as caught:
        read_circuit(text, origin="it.qasm")
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith("it.qasm")
    assert line[-1] in ".?"
    return line


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("qubit[2] q", 11, "';' is missing"),
        ("qubit[2] q; h q[0] x q[1];", 19, "';' is missing here, before 'x'"),
        ("qubit[2 q;", 8, "']' is missing"),
        ("qubit[2] q; rx(0.1 q[0];", 20, "a comma or ) is missing before 'q'"),
        ("qubit[2] q; rx(*) q[0];", 16, "a number or a name must stand here"),
        ("qubit[2] q; rx() q[0];", 13, "rx takes 1 qubits and 1 angles; it is given 1 and 0"),
        ("qubit[2] q; h q[2];", 15, "q[2] is not there; q has 2 qubits, 0 to 1"),
        ("qubit[2] q; h r[0];", 15, "no qubits 'r'. There are: q"),
        ("qubit[2] q; hh q[0];", 13, "gate 'hh' is not defined. Did you mean h?"),
        ("qubit[2] q; rzzz q[0];", 13, "Did you mean"),
        ("qubit[2] q; CNOT q[0], q[1];", 13, "Did you mean cnot?"),
        ("qubit[2] q; Rx(1) q[0];", 13, "Did you mean rx?"),
        ("qubit[2] q; cu3(1,2,3) q[0],q[1];", 13, '`include "qelib1.inc";` at the top'),
        ("qubit[2] q; cx q[0];", 13, "cx takes 2 qubits"),
        ("qubit[2] q; cx q[0], q[0];", 13, "one qubit twice"),
        ("qubit[2] q; qubit[3] r; cx q, r;", 25, "registers of different sizes"),
        ("qubit q; rx(theta) q;", 13, "Declare a parameter with `input float theta;`"),
        ("input float theta; qubit q; rx(thta) q;", 32, "Did you mean theta?"),
        ("input int n; qubit q;", 7, "`float` or an `angle`"),
        ("input float pi; qubit q;", 1, "cannot be the name of a parameter"),
        ("input float ²; qubit q;", 1, "cannot be the name of a parameter"),
        ("input float derived_0; qubit q;", 1, "cannot be the name of a parameter"),
        ("input float q; qubit q;", 16, "'q' is declared twice"),
        ("qubit q; for int i in [0:0:5] { x q; }", 10, "the loop goes on by 0"),
        ("qubit[2] q; let a = q ++ q;", 13, "'a' names some of the qubits twice"),
        ("int[0] k = 0; qubit q;", 1, "a number of 0 bits: it has 1 to 1024"),
        ("int[999999999999] k = 0; qubit q;", 1, "it has 1 to 1024"),
        ("qubit q; let a = r;", 18, "there are no qubits"),
        ("qubit[2] q; let a = r;", 21, "there are no qubits 'r'"),
        ("qubit[2] q; let q = q[0];", 13, "'q' is declared twice"),
        ("qubit[2] q; bit c; let a = q ++ c;", 33, "there are no qubits 'c'"),
        ("qubit[2] q; let a = q + q;", 24, "'+' is missing"),
        ("qubit[2] q; h q[{0, -2}];", 15, "q is given an index twice"),
        ("qubit[2] q; h q[{0, 2}];", 15, "q[2] is not there"),
        ("qubit[0] q;", 1, "0 qubits: a circuit has 1 to 1000"),
        ("qubit[99999999999] q;", 1, "a circuit has 1 to 1000"),
        ("qubit[1.5] q;", 1, "must be a whole number"),
        ("qubit q; rx(1/2) q;", 14, "Write 1.0/2."),
        ("qubit q; rx(1/0) q;", 14, "not a finite number"),
        ("qubit q; rx(sqrt(-1)) q;", 13, "not a finite number"),
        ("qubit q; rx(1e999) q;", 13, "too large"),
        ("qubit q; rx(10**400) q;", 15, "not a finite number"),
        ("qubit q; rx(sinn(1)) q;", 13, "no function 'sinn'. Use one of: sin"),
        ("qubit q; rx(sin(1, 2)) q;", 13, "sin takes 1 values"),
        ("qubit q; rx(2^3) q;", 14, "Write **."),
        ("qubit[2] q; bit[3] c; c = measure q;", 23, "2 qubits are measured into 3 bits"),
        ('qubit q; bit[2] c = "011";', 10, "c has 2 bits; give it as many of 0 and 1"),
        ("qubit q; bit c; if (c) { c = measure q; }", 26, "`if` is taken with gates in it"),
        ("qubit q; bit c; if (c) { if (c) reset q; }", 33, "`if` is taken with gates in it"),
        ("qubit q; bit c; if (c == d) x q;", 26, "'d' is not declared"),
        ("qubit q; bit c; if (c == ) x q;", 26, "a bit or a whole number must stand here"),
        ("qubit q; bit c; if (c[2]) x q;", 21, "c[2] is not there"),
        ("qubit q; bit c; if c x q;", 19, "'(' is missing"),
        ("qubit q; bit[9] c; if (c == 1) x q;", 20, "depends on 9 bits; at most 8"),
        ("qubit[2] q; bit c = measure q[0]; if (c) gpi(1) q[1];", 42, "no controlled form of gpi"),
        ("qubit q; bit c = 2;", 18, "or take `measure`, not '2'"),
        ("qubit q; bit c; c = 1;", 17, "is no number that was declared"),
        ("qubit q; bit[2] c; c[0] = 1;", 27, "from `measure` only"),
        ('qubit q; bit[2] c = "21";', 21, "not"),
        ("qubit q; const int k = 0; k = 1;", 27, "'k' is a constant"),
        ("qubit q; k = 1;", 10, "'k' is no number that was declared"),
        ("qubit q; int[8] k = 127; k = k + 1;", 26, "whole numbers from -128 to 127"),
        ("qubit q; uint[2] k = 0; k -= 1;", 25, "whole numbers from 0 to 3"),
        ("qubit q; int k = 0; k = 0.5;", 21, "holds whole numbers"),
        ("qubit q; for int i in [0:2] { i = 1; }", 31, "'i' is no number that was declared"),
        ("qubit[2] q; #pragma braket verbatim\nbox { x q[0]; }", 13, "compiled for the target"),
        ("qubit q; #pragma braket noise bit_flip(0.1) q", 10, "noise is the target's"),
        ("qubit q; rx(1 < 2) q;", 15, "< compares or joins bits"),
        ("qubit q; rx(!1) q;", 13, "! compares or joins bits"),
        ("qubit q; while (true) x q;", 10, "`while` is not taken"),
        ("def f() {} qubit q;", 1, "`def` is not taken"),
        ("qubit q; box { x q; }", 10, "`box` is not taken"),
        ("opaque f a; qubit q;", 1, "`opaque` is not taken"),
        ("qubit q; #pragma braket result probability", 10, "observables are named apart"),
        ("@bind 3\nqubit q;", 1, "is not taken"),
        ("qubit q; x q; ?", 15, "the character '?' does not belong"),
        ("qubit q; x q; ~", 15, "a statement must begin here, not '~'"),
        ("qubit q; x.y q;", 11, "must stand here, not '.'"),
        ("qubit q; /* x q;", 10, "never ends"),
        ('qubit q; "x', 10, "does not end on its line"),
        ("qubit q; 3 q;", 10, "a statement must begin here, not '3'"),
        ("gate f a { h b; } qubit q;", 14, "'b' is no qubit of this gate; it has a"),
        ("gate f a { foo a; } qubit q;", 12, "gate 'foo' is not defined"),
        ("gate f a { f a; } qubit q;", 12, "gate 'f' is not defined"),
        ("gate f(t) a { rx(s) a; } qubit q;", 18, "'s' is not declared here"),
        ("gate f a { measure a; } qubit q;", 12, "a gate is made of gates only"),
        ("gate f a, a { } qubit q;", 1, "one name"),
        ("gate f a { } gate f a { } qubit q;", 14, "defined twice"),
        ("gate f a { h a;", 16, "'}' is missing"),
        (
            "qubit[2] q; gate g a, b { h a; cx a, b; } pow(0.5) @ g q[0], q[1];",
            54,
            "no power 0.5 is",
        ),
        ("input float a; qubit q; pow(a) @ x q;", 25, "a number that is known here"),
        ("qubit q; pow @ x q;", 10, "pow needs a number"),
        ("qubit[2] q; ctrl @ gpi(1) q[0], q[1];", 20, "no controlled form of gpi"),
        ("qubit[2] q; ctrl(99) @ x q[0], q[1];", 13, "99 controls"),
        ("qubit q; for int i in [0:1000000] x q;", 10, "at most 100000"),
        ("qubit q; for int i in [0:n] x q;", 26, "'n' is not declared"),
        ("qubit q; for float i in [0:2] x q;", 14, "an int or uint"),
        ("qubit q; h $0;", 12, "do not mix"),
        ("h $0; qubit q;", 7, "do not mix"),
        ("h $99999999;", 3, "too large"),
        ("", 1, "there are no qubits"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(line: str, column: int, said: str) -> None:
    found = refused(HEAD + line)
    assert said in found
    assert f"line 3, column {column}: " in found or not line


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "other.inc", "../qelib1.inc", "stdgates.inc ", "", "http://host/a.inc"]
)
def test_no_other_include_is_opened(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.inc").write_text("gate foo a { x a; }")
    monkeypatch.chdir(tmp_path)

    def opened(*arguments: object, **_options: object) -> None:
        raise AssertionError(arguments)

    for module, function in ((builtins, "open"), (io, "open"), (os, "open")):
        monkeypatch.setattr(module, function, opened)
    text = f'OPENQASM 3.0;\n  include "{name}";\nqubit q;'
    with pytest.raises(BadInput) as caught:
        read_circuit(text, origin="it.qasm")
    monkeypatch.undo()
    assert "line 2, column 3: include of" in str(caught.value)
    assert "is refused; files are not opened" in str(caught.value)


def test_the_library_must_be_included_for_its_names() -> None:
    new = refused("OPENQASM 3.0; qubit[2] q; cx q[0], q[1];")
    old = refused("OPENQASM 2.0; qreg q[2]; cx q[0], q[1];")
    assert 'Write `include "stdgates.inc";` at the top.' in new
    assert 'Write `include "qelib1.inc";` at the top.' in old


@pytest.mark.parametrize("version", ["4.0", "1.0", "x", "2.1"])
def test_an_unknown_version_is_refused(version: str) -> None:
    assert "line 1, column 10" in refused(f"OPENQASM {version}; qubit q;")


def test_deep_nesting_is_refused_and_not_a_crash() -> None:
    assert "nests deeper" in refused(f"{HEAD}qubit q; rx({'(' * 5000}1{')' * 5000}) q;")
    assert "nests deeper" in refused(f"{HEAD}qubit q; rx({'-' * 5000}1) q;")
    assert "nests deeper" in refused(f"{HEAD}qubit q; rx({'2**' * 5000}1) q;")
    loops = "for int i in [0:1] {" * 500
    assert "nests deeper" in refused(f"{HEAD}qubit q; {loops}")


@pytest.mark.slow
def test_gates_that_double_each_other_do_not_fill_the_memory() -> None:
    layers = "".join(f"gate g{k + 1} a {{ g{k} a; g{k} a; }}\n" for k in range(60))
    line = refused(f"{HEAD}gate g0 a {{ }}\n{layers}qubit q; g60 q;")
    assert f"more than {MAX_STEPS} gates" in line
    assert "more than" in refused(f"{HEAD}qubit q; pow(100000000) @ x q;")


def said_of(text: str) -> str:
    """Return the refusal, or the circuit's source under the same name when it is read."""
    try:
        return f"it.qasm is {read_circuit(text, origin='it.qasm').source}"
    except BadInput as error:
        return str(error)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert said_of(text).startswith("it.qasm")


WORDS = [
    "OPENQASM 3.0;", 'include "stdgates.inc";', "qubit[2] q;", "input float a;", "rx(", "a", ")",
    "q[0]", ",", ";", "h", "{", "}", "gate g(a) b", "ctrl @", "inv @", "pow(2) @", "measure", "->",
    "bit c;", "c", "=", "for int i in [0:1]", "*", "/", "-", "2", "sin(", "barrier", "reset", "$0",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_any_order_of_words_is_read_or_refused(words: list[str]) -> None:
    assert said_of(" ".join(words)).startswith("it.qasm")


def test_a_point_at_which_an_angle_has_no_value_is_named() -> None:
    found = read_circuit(f"{HEAD}input float a; qubit q; rx(1/a) q;", origin="it.qasm")
    with pytest.raises(BadInput, match=r"not a finite number at a=0\.0"):
        found.values(np.array([[1.0], [0.0]]))
