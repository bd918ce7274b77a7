"""Read observables as they are written on a command line.

Z0*Z1                          a Pauli string; `Z0 Z1` and `Z0@Z1` are the same
0.5*X0*Y2 - 1/3*Z3 + 0.1       a sum with real coefficients; a bare number is the constant
ZZI                            a letter for each qubit, qubit 0 leftmost
h2, ./molecule.json            the Hamiltonian of a problem
Z0; X0*X1                      several observables
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from datasets.records.problems import Hamiltonian
from tasks.core.physics.hamiltonian import merge
from tasks.core.physics.pauli import LETTERS, weight
from tasks.core.qasm.effort import Effort
from tasks.core.qasm.numbers import number
from tasks.core.qasm.tokens import shown
from tasks.errors import BadInput, UnknownName

MAX_OBSERVABLES: Final = 1000
_TERM_STEPS: Final = 10
_FACTOR_STEPS: Final = 4
MAX_CHARACTERS: Final = 4_000_000
_SUM: Final = re.compile(r"[-+(]|\.?\d|(?:pi|tau|π|τ)\b|[IXYZ]+(?:\d|[\s*/@+-]|\Z)")
_OF_A_SUM: Final = re.compile(r"(?:[\dIXYZeE.+\-*/@()\sπτ]|pi|tau)+\Z")
_SIGN: Final = re.compile(r"\s*([-+])")
_FACTOR: Final = re.compile(
    r"[\s*@]*(?P<over>/\s*)?(?:(?P<letter>[IXYZ])(?P<qubit>\d{1,9})(?!\d)|(?P<dense>[IXYZ]+)(?!\w)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|pi|tau|π|τ)(?!\w)"
    r"|\((?P<inner>[^()IXYZ]{1,200})\))"
)
_TWO_OPERATORS: Final = re.compile(
    r"[*@/]\s*[*@/]|[*@/]\s*(?:[-+;]|\Z)|(?:\A|[-+])\s*[*@/]|/\s*[IXYZ]"
)
_CONSTANTS: Final = {"pi": math.pi, "π": math.pi, "tau": math.tau, "τ": math.tau}


@dataclass(frozen=True, slots=True)
class Observable:
    """A sum of Pauli strings, under the name that its results carry: the text as it was given."""

    name: str
    hamiltonian: Hamiltonian


def parse_observables(
    texts: Sequence[str], *, n_qubits: int, problem: Callable[[str], Hamiltonian]
) -> tuple[Observable, ...]:
    """Return the observables in `texts`, each of which may hold several, separated by `;`.

    `problem` returns the Hamiltonian of a problem by its name, which may have fewer qubits than
    the circuit: they are the first ones.

    Raises:
        BadInput: one cannot be read, acts on a qubit that is not there, or is there twice.
    """
    length = sum(map(len, texts))
    if length > MAX_CHARACTERS:
        message = (
            f"The observables have {length:,} characters; at most {MAX_CHARACTERS:,}. Give a "
            "problem file."
        )
        raise BadInput(message)
    effort = Effort(what="The observables: ")
    pieces = [piece.strip() for text in texts for piece in text.split(";") if piece.strip()]
    if not pieces or len(pieces) > MAX_OBSERVABLES:
        message = f"{len(pieces)} observables: give 1 to {MAX_OBSERVABLES}, such as Z0*Z1."
        raise BadInput(message)
    found = tuple(
        Observable(" ".join(p.split()), _read(p, n_qubits, problem, effort)) for p in pieces
    )
    seen: dict[Hamiltonian, Observable] = {}
    for observable in found:
        twin = seen.setdefault(observable.hamiltonian, observable)
        if twin is not observable:
            message = f"The observables {twin.name} and {observable.name} are one. Remove one."
            raise BadInput(message)
    return found


def _read(
    text: str, n_qubits: int, problem: Callable[[str], Hamiltonian], effort: Effort
) -> Hamiltonian:
    is_path = text.lower().endswith(".json") or ("/" in text and not _OF_A_SUM.match(text))
    if _SUM.match(text) and not is_path:
        return _sum(text, n_qubits, effort)
    try:
        found = problem(text)
    except UnknownName as error:
        message = (
            f"{shown(text)} is neither a sum of Pauli strings, such as 0.5*Z0*Z1 - X2, nor a "
            f"problem. Problems are: {', '.join(error.known)}."
        )
        raise BadInput(message) from error
    if found.n_qubits > n_qubits:
        message = f"{text} acts on {found.n_qubits} qubits; {_there(n_qubits)} Use a larger one."
        raise BadInput(message)
    padding = "I" * (n_qubits - found.n_qubits)
    terms = ((term.pauli + padding, term.coefficient) for term in found.terms)
    return merge(terms, n_qubits=n_qubits)


def _sum(text: str, n_qubits: int, effort: Effort) -> Hamiltonian:
    strange = _TWO_OPERATORS.search(text)
    if strange is not None:
        raise _unreadable(text, strange.start())
    found = merge(_terms(text, n_qubits, effort), n_qubits=n_qubits)
    if not all(math.isfinite(term.coefficient) for term in found.terms):
        message = f"The observable {shown(text)} has a coefficient that is too large. Correct it."
        raise BadInput(message)
    if not any(weight(term.pauli) for term in found.terms):
        message = f"The observable {shown(text)} is a constant. Give one to measure, such as Z0."
        raise BadInput(message)
    return found


def _terms(text: str, n_qubits: int, effort: Effort) -> Iterator[tuple[str, float]]:
    """Yield each term's Pauli string and coefficient."""
    at = 0
    while at < len(text):
        sign = _SIGN.match(text, at)
        if sign is None and at > 0:
            raise _unreadable(text, at)
        start = at = sign.end() if sign else at
        letters: dict[int, str] = {}
        effort.spend(_TERM_STEPS + n_qubits // 4)
        coefficient = -1.0 if sign and sign[1] == "-" else 1.0
        while (found := _FACTOR.match(text, at)) is not None:
            at = found.end()
            effort.spend(_FACTOR_STEPS)
            if found["number"] or found["inner"]:
                coefficient = _scaled(coefficient, found, text, effort)
            elif found["over"]:
                raise _unreadable(text, found.start("over"))
            else:
                _place(found, letters, text, n_qubits)
        if at == start:
            raise _unreadable(text, at)
        yield "".join(letters.get(qubit, "I") for qubit in range(n_qubits)), coefficient


def _scaled(coefficient: float, found: re.Match[str], text: str, effort: Effort) -> float:
    """Return a coefficient times a number, or divided by it."""
    if found["inner"]:
        factor = number(found["inner"], effort=effort)
    else:
        factor = _CONSTANTS.get(found["number"]) or float(found["number"])
    if not found["over"]:
        return coefficient * factor
    if not factor:
        message = f"The observable {shown(text)} is divided by 0. Correct it."
        raise BadInput(message)
    return coefficient / factor


def _place(found: re.Match[str], letters: dict[int, str], text: str, n_qubits: int) -> None:
    """Put the letters of one factor on their qubits."""
    if found["dense"] and len(found["dense"]) != n_qubits:
        message = (
            f"{shown(found['dense'])} in the observable {shown(text)} has {len(found['dense'])} "
            f"letters; {_there(n_qubits)} Give a letter for each, or qubits as in Z0*Z1."
        )
        raise BadInput(message)
    pairs = (
        enumerate(found["dense"]) if found["dense"] else [(int(found["qubit"]), found["letter"])]
    )
    for qubit, letter in pairs:
        if qubit >= n_qubits:
            message = (
                f"{letter}{qubit} in the observable {shown(text)} is on a qubit that is not there; "
                f"{_there(n_qubits)} Correct it."
            )
            raise BadInput(message)
        if qubit in letters:
            message = f"The observable {shown(text)} has qubit {qubit} twice in a term. Correct it."
            raise BadInput(message)
        letters[qubit] = letter


def _there(n_qubits: int) -> str:
    if n_qubits == 1:
        return "the circuit has qubit 0 only."
    return f"the circuit has the qubits 0 to {n_qubits - 1}."


def _unreadable(text: str, at: int) -> BadInput:
    return BadInput(
        f"The observable {shown(text)} cannot be read from column {at + 1} on. Write a sum of "
        f"terms such as 0.5*Z0*Z1 - X2, with letters out of {', '.join(LETTERS)}."
    )
