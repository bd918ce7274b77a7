"""The gates of Braket and of the two standard libraries, each spelled in Braket's gates.

The definitions are ours, from the matrices of the language's specification (arXiv:2104.14722,
arXiv:1707.03429) and of the relative-phase Toffoli gates (arXiv:1508.03273); a test holds each
against an independent implementation.
"""

from functools import cache
from typing import Final

from tasks.core.compilation.translation import SOURCE_GATES
from tasks.core.qasm.parser import parse
from tasks.core.qasm.syntax import GateDefinition
from tasks.core.qasm.tokens import Source

PHASE: Final = "gphase"

PRIMITIVES: Final = SOURCE_GATES | {PHASE: (0, 1)}
"""Braket's gates -> (qubits, angles); known without any include."""

_BOTH: Final = {
    "CX": "cnot", "cx": "cnot", "id": "i", "sdg": "si", "tdg": "ti", "sx": "v", "p": "phaseshift",
    "cp": "cphaseshift", "u1": "phaseshift", "u3": "U", "ccx": "ccnot",
}  # fmt: skip

ALIASES: Final[dict[str, dict[str, str]]] = {
    "": {"CX": "cnot"},
    "stdgates.inc": _BOTH | {"phase": "phaseshift", "cphase": "cphaseshift"},
    "qelib1.inc": _BOTH
    | {
        "u": "U",
        "sxdg": "vi",
        "cu1": "cphaseshift",
        "csx": "cv",
        "rxx": "xx",
        "rzz": "zz",
    },
}
"""Library -> its gates that Braket has under another name; "" is what needs no include."""

_TEXT: Final = """
gate u2(a, b) t { U(pi/2, a, b) t; }
gate ch c, t { ry(-pi/4) t; cz c, t; ry(pi/4) t; }
gate crx(a) c, t { h t; crz(a) c, t; h t; }
gate cry(a) c, t { ry(a/2) t; cnot c, t; ry(-a/2) t; cnot c, t; }
gate crz(a) c, t { rz(a/2) t; cnot c, t; rz(-a/2) t; cnot c, t; }
gate cu3(a, b, d) c, t {
  phaseshift((b+d)/2) c; rz((d-b)/2) t; cnot c, t;
  rz(-(b+d)/2) t; ry(-a/2) t; cnot c, t; ry(a/2) t; rz(b) t;
}
gate cu(a, b, d, e) c, t { phaseshift(e) c; cu3(a, b, d) c, t; }
gate u0(a) t { i t; }
gate ccp(a) c, d, t {
  cphaseshift(a/2) d, t; cnot c, d; cphaseshift(-a/2) d, t; cnot c, d; cphaseshift(a/2) c, t;
}
gate c3p(a) c, d, e, t {
  cphaseshift(a/2) e, t; ccnot c, d, e; cphaseshift(-a/2) e, t; ccnot c, d, e; ccp(a/2) c, d, t;
}
gate c4p(a) c, d, e, f, t {
  cphaseshift(a/2) f, t; c3x c, d, e, f; cphaseshift(-a/2) f, t; c3x c, d, e, f;
  c3p(a/2) c, d, e, t;
}
gate c3x c, d, e, t { h t; c3p(pi) c, d, e, t; h t; }
gate c4x c, d, e, f, t { h t; c4p(pi) c, d, e, f, t; h t; }
gate c3sqrtx c, d, e, t { h t; c3p(pi/2) c, d, e, t; h t; }
gate c3sx c, d, e, t { c3sqrtx c, d, e, t; }
gate rccx c, d, t {
  h t; t t; cnot d, t; ti t; cnot c, t; t t; cnot d, t; ti t; h t;
}
gate rc3x c, d, e, t {
  h t; t t; cnot e, t; ti t; h t; cnot c, t; t t; cnot d, t; ti t; cnot c, t; t t; cnot d, t;
  ti t; h t; t t; cnot e, t; ti t; h t;
}
gate ccvi c, t { cv c, t; cnot c, t; }
gate ccz c, d, t { h t; ccnot c, d, t; h t; }
gate ccy c, d, t { si t; ccnot c, d, t; s t; }
gate ccv c, d, t { h t; ccp(pi/2) c, d, t; h t; }
gate czz(a) c, d, t { cnot d, t; crz(a) c, t; cnot d, t; }
gate cxx(a) c, d, t { h d; h t; czz(a) c, d, t; h d; h t; }
gate ccswap c, d, s, t { cnot t, s; c3x c, d, s, t; cnot t, s; }
"""

DEFINED: Final[dict[str, frozenset[str]]] = {
    "": frozenset(),
    "stdgates.inc": frozenset({"u2", "ch", "crx", "cry", "crz", "cu"}),
    "qelib1.inc": frozenset(
        {"u2", "u0", "ch", "crx", "cry", "crz", "cu", "cu3"}
        | {"c3x", "c4x", "c3sqrtx", "c3sx", "rccx", "rc3x"}
    ),
}
"""Library -> its gates that are made of several of Braket's."""


@cache
def definitions() -> dict[str, GateDefinition]:
    """Return our definitions by name, also of those that only modifiers need."""
    found = parse(Source(_TEXT, "the standard gates")).statements
    return {gate.name: gate for gate in found if isinstance(gate, GateDefinition)}


def known(libraries: frozenset[str]) -> frozenset[str]:
    """Return the names of all gates that a text may use after including these libraries."""
    included = ("", *libraries)
    names = (frozenset(ALIASES[library]) | DEFINED[library] for library in included)
    return frozenset(PRIMITIVES).union(*names)
