"""No text hangs a reader or overflows the stack: it ends with a value or with one line."""

import sys
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.estimation.observables import parse_observables
from tasks.core.physics.graph_families import named_graph
from tasks.core.qasm.effort import MAX_LEVELS, MAX_STEPS, Effort
from tasks.core.qasm.reading import read_circuit
from tasks.core.sweeps.points_language import parse_points
from tasks.errors import BadInput, UnknownName

HEAD = 'OPENQASM 3.0; include "stdgates.inc"; qubit[4] q; '
OLD = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[1000]; creg c[1000]; '
LONGEST_S = 60  # of processor time, on a machine that is shared by many; alone it takes a tenth


def circuit(text: str) -> object:
    return read_circuit(text, origin="it.qasm")


def points(text: str) -> object:
    return parse_points([text])


def observables(text: str) -> object:
    def problem(name: str) -> object:
        raise UnknownName("problem", name, ("h2",))

    return parse_observables([text], n_qubits=4, problem=problem)  # type: ignore[arg-type]


def outcome(read: Callable[[str], object], text: str) -> str:
    """Return the refusal, or "read"; whatever else is raised fails the test."""
    began = time.process_time()
    try:
        read(text)
        said = "read"
    except BadInput as error:
        said = str(error)
    assert time.process_time() - began < LONGEST_S
    assert "\n" not in said
    assert len(said) < 2000
    return said


def loops(n: int, rounds: int, body: str = "") -> str:
    names = [f"for int i{k} in [0:{rounds}] {{" for k in range(n)]
    return f"{''.join(names)}{body}{'}' * n}"


DOUBLING = "".join(f"gate g{k + 1} a {{ g{k} a; g{k} a; }} " for k in range(60))
CHAIN = "".join(f"gate g{k + 1} a {{ g{k} a; }} " for k in range(2000))
MANY = "+".join(f"a{k}" for k in range(10_000))
MARKS = "\u0301\u0327" * 1_000_000

REFUSED = {
    "loops in loops without bodies": (circuit, HEAD + loops(3, 99_999)),
    "loops in loops in a gate": (circuit, f"{HEAD} gate g a {{ {loops(4, 9_999)} }} g q[0];"),
    "loops of barriers": (circuit, HEAD + loops(2, 9_999, "barrier q;")),
    "loops of nothing but a reset": (circuit, HEAD + loops(3, 9_999, "barrier;")),
    "nested blocks": (circuit, HEAD + "for int i in [0:1] { " * 100_000),
    "loops without braces": (circuit, HEAD + "for int i in [0:1] " * 100_000 + "x q[0];"),
    "conditions without braces": (circuit, HEAD + "bit c; " + "if (c) " * 100_000 + "x q[0];"),
    "a chain of else": (circuit, HEAD + "bit c; " + "if (c) x q[0]; else " * 100_000 + "x q[0];"),
    "conditions in conditions": (circuit, HEAD + "bit c; " + "if (c) { " * 1000 + "}" * 1000),
    "a long condition in a loop": (
        circuit,
        f"{HEAD} bit c; for int i in [0:99999] if ({'||'.join(['1'] * 1000)}) x q[0];",
    ),
    "a condition of many parts": (circuit, HEAD + "bit c; if (" + "!(" * 100_000 + "c"),
    "nested parentheses": (circuit, f"{HEAD} rx({'(' * 1_000_000}"),
    "nested signs": (circuit, f"{HEAD} rx({'-+' * 500_000}1) q;"),
    "nested powers": (circuit, f"{HEAD} rx({'2**' * 300_000}1) q;"),
    "nested functions": (circuit, f"{HEAD} rx({'sin(' * 300_000}"),
    "gates that double": (circuit, f"{HEAD} gate g0 a {{ x a; }} {DOUBLING} g60 q[0];"),
    "empty gates that double": (circuit, f"{HEAD} gate g0 a {{ }} {DOUBLING} g60 q[0];"),
    "a long chain of gates": (circuit, f"{HEAD} gate g0 a {{ }} {CHAIN} g2000 q[0];"),
    "a power of a gate": (circuit, f"{HEAD} pow(1000000000) @ x q[0];"),
    "a power of powers": (circuit, f"{HEAD} {'pow(1000) @ ' * 6} x q[0];"),
    "inverses": (circuit, f"{HEAD} pow(200000) @ {'inv @ ' * 100_000} x q[0];"),
    "controls": (circuit, f"{HEAD} {'ctrl(8) @ ' * 20} x {', '.join(['q[0]'] * 161)};"),
    "a sum of many parameters, often": (circuit, f"{OLD} {f'rx({MANY}) q[0];' * 50}"),
    "one sum at many gates": (circuit, f"{OLD} gate g(t) a {{ rz(t) a; }} g({MANY}) q;"),
    "registers in barriers": (circuit, OLD + "barrier q;" * 1_000_000),
    "statements that are empty": (circuit, ";" * 8_000_000),
    "16 million characters and one": (circuit, "/" * 16_000_001),
    "marks upon marks": (circuit, f"{HEAD} // a{MARKS}"),
    "marks upon a parameter": (points, f"a{MARKS}=0:1:2"),
    "a name without an end": (circuit, "a" * 15_000_000),
    "a number without an end": (circuit, HEAD + "rx(" + "9" * 3_000_000),
    "a fraction without an end": (circuit, HEAD + "rx(0." + "9" * 3_000_000 + ") q[5];"),
    "a comment without an end": (circuit, "/*" * 7_000_000),
    "a string without an end": (circuit, '"' + "a" * 15_000_000),
    "a huge register": (circuit, "qubit[1000000000] q;"),
    "huge bits": (circuit, HEAD + f"bit[{'9' * 4_000_000}] c;"),
    "a huge index": (circuit, f"{HEAD} x q[{'9' * 1_000_000}];"),
    "a huge physical qubit": (circuit, f"x ${'9' * 1_000_000};"),
    "a huge range": (circuit, f"{HEAD} for int i in [0:{2**53 - 1}] x q;"),
    "many names to choose from": (
        circuit,
        "".join(f"input float name_{k};" for k in range(30_000)) + " qubit q; rx(nam) q;",
    ),
    "a million blanks in points": (points, f"theta=0:1:5{' ' * 1_000_000}x"),
    "blanks between everything": (points, f"theta{' ' * 300_000}={' ' * 300_000}0{' ' * 300_000}:"),
    "tabs and lines": (points, "\t\n " * 1_000_000 + "x"),
    "many values that are computed": (points, "a=" + ",".join(["pi"] * 1_000_000)),
    "many axes that are computed": (points, " ".join(f"a{k}=pi/2" for k in range(300_000))),
    "many axes": (points, " ".join(f"a{k}=0,1" for k in range(200_000))),
    "deep points": (points, f"a={'(' * 1_000_000}"),
    "long points": (points, "a" * 4_000_001),
    "a value twice at the end": (points, "a=" + ",".join(map(str, range(300_000))) + ",299999"),
    "a huge count": (points, f"a=0:1:{'9' * 1_000_000}"),
    "a huge power": (points, "a=10**10**10**10"),
    "a deep observable": (observables, "(" * 1_000_000),
    "a long observable": (observables, "Z0*" * 1_000_000),
    "an observable of blanks": (observables, "Z0" + " " * 1_000_000 + "?"),
    "many terms": (observables, "+".join(["Z0*Z1"] * 700_000)),
    "many observables": (observables, "Z0;" * 1_000_000),
    "a dense observable": (observables, "Z" * 1_000_000),
    "a long graph": (named_graph, "ring:" + "9" * 1_000_000),
    "a deep graph": (named_graph, "grid:" + "x" * 1_000_000),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_too_much_is_refused_in_one_line(name: str) -> None:
    read, text = REFUSED[name]
    assert outcome(read, text) != "read"


def total(n: int) -> str:
    return " + ".join(["a"] * n)


def differing(n: int) -> str:
    return " + ".join(f"a{k}" for k in range(n))


READ = {
    "a condition of 900 parts": (circuit, f"{HEAD} bit c; if ({'||'.join(['c'] * 900)}) x q[0];"),
    "1,200 terms": (circuit, f"{HEAD} input float a; rx({total(1200)}) q[0];"),
    "2,000 terms that differ": (circuit, f"{OLD} rx({differing(2000)}) q[0];"),
    "500 factors": (circuit, f"{HEAD} input float a; rx({'*'.join(['a'] * 500)}) q[0];"),
    "1,200 differences": (circuit, f"{HEAD} rx({'-'.join(['1'] * 1200)}) q[0];"),
    "50 parentheses": (circuit, f"{HEAD} rx({'(' * 50}1{')' * 50}) q[0];"),
    "50 gates made of gates": (
        circuit,
        f"{HEAD} gate g0 a {{ }} "
        + "".join(f"gate g{k + 1} a {{ g{k} a; }} " for k in range(50))
        + "g50 q[0];",
    ),
    "200,000 blanks": (points, f"theta{' ' * 200_000}=0:1:{' ' * 200_000}5"),
    "100,000 values": (points, "a=" + ",".join(map(str, range(100_000)))),
    "9,999 computed values": (points, f"a={','.join(f'pi/{k + 1}' for k in range(9999))}"),
    "20,000 terms": (observables, "+".join(["0.5*Z0*Z1"] * 20_000)),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_what_is_long_and_plain_is_read(name: str) -> None:
    read, text = READ[name]
    assert outcome(read, text) == "read"


def test_the_stack_suffices_wherever_a_reader_is_called_from() -> None:
    """A hundred frames of somebody else lie below, as of a notebook or of Prefect's engine."""
    found: list[str] = []

    def deep(frames: int) -> None:
        if frames:
            deep(frames - 1)
            return
        chain = "".join(
            f"gate g{k + 1} a {{ for int i in [0:0] {{ g{k} a; }} }} " for k in range(31)
        )
        deepest = MAX_LEVELS - 4  # in a call in a body
        tall = "(" * deepest + "1" + ")" * deepest
        tower = "+".join(["(1"] * (deepest // 2)) + ")" * (deepest // 2)
        found.extend(
            outcome(circuit, f"{HEAD} gate g0 a {{ rx({each}) a; }} {chain} g31 q[0];")
            for each in (tall, tower)
        )

    thread = threading.Thread(target=deep, args=(200,))
    assert sys.getrecursionlimit() == 1000
    thread.start()
    thread.join()
    assert found == ["read", "read"]


WORDS = [
    "OPENQASM 3.0;", "OPENQASM 2.0;", 'include "stdgates.inc";', "qubit[2] q;", "qreg q[3];",
    "input float θ;", "gate g(t) a", "gate g0 a { x a; }", "{", "}", "(", ")", "[", "]", ";", ",",
    "for int i in [0:99999]", "for int i in", "pow(1000) @", "pow(1/2) @", "ctrl(8) @", "inv @",
    "rx(θ)", "rx(10**308)", "x", "q", "q[0]", "q[1:-1:0]", "barrier", "reset", "measure",
    "bit[4] b", '= "0101"', "=", "->", "if (b == 1)", "if (b[0] != 1)", "i = i + 1;",
    "int[8] k = 0;", "k", "const int n = 3;", "**", "*", "/", "%", "+", "-", "<", ">", "!", "&",
    "|", "~", "#", ".", "²", "9" * 50, "1e999", "$0", "$999999999999", "/*", "*/", "//", "\r",
    "\x00", "\ufeff", "\u2028", "#pragma braket verbatim", "box {", "def f(", "sin(", "π", '"',
    "'", "@", ":", "?", "g0 q;",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
def test_any_order_of_words_of_a_circuit_ends(text: str) -> None:
    outcome(circuit, text)


@given(st.text("theta=0123456789:,.;()*/+-pi tausobolrndmxézip deg°[]θ\t\n", max_size=80))
def test_any_points_end(text: str) -> None:
    outcome(points, text)


@given(st.text("IXYZ0123456789.+-*/@ ();pitauπeE", max_size=80))
def test_any_observables_end(text: str) -> None:
    outcome(observables, text)


@given(st.text("ringcompletegrid regular0123456789:x,._-", max_size=40))
def test_any_name_of_a_graph_ends(text: str) -> None:
    outcome(named_graph, text)


def test_steps_and_levels_are_counted() -> None:
    effort = Effort(what="It: ")
    effort.spend(MAX_STEPS)
    with pytest.raises(BadInput, match=r"^It: reading it takes more than 12,000,000 steps"):
        effort.spend()
    for _ in range(MAX_LEVELS):
        effort.enter()
    with pytest.raises(BadInput, match=r"^It: it nests deeper than 64 levels"):
        effort.enter()
    effort.leave()
    effort.enter()
