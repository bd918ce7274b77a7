"""Read a problem from the bytes of a JSON file, and say in one line what is wrong with it."""

import json
import math
import re
from pathlib import PurePath
from typing import Any

from datasets.files.json_text import read_json
from datasets.files.reading import decoded
from datasets.records.problems import Hamiltonian, Problem
from tasks.core.physics.hamiltonian import merge
from tasks.core.physics.pauli import LETTERS
from tasks.core.physics.spectrum import EXACT_QUBITS, conserves_electrons, lowest_energy
from tasks.errors import BadInput

MAX_QUBITS = 24
MAX_TERMS = 100_000
MAX_COEFFICIENT = 1e9
ALL_STATES = "all states"
AS_STATED = "as stated"
_PAIR = 2
_OBJECT = '{"n_qubits": 2, "terms": [...]}'
_SHOWN = 40  # characters of foreign text that a message repeats
_NAME_LENGTH = 100
_TOKEN = re.compile(r"(.)([0-9]{1,4})")


def parse(data: bytes, *, origin: str) -> Problem:
    """Return the problem in `data`; `origin` is the file's name for messages.

    Raises:
        BadInput: the text is not JSON or breaks the format.
    """
    document = _document(data, origin)
    n_qubits = _integer(document, "n_qubits", 1, MAX_QUBITS, origin)
    if n_qubits is None:
        raise _bad(origin, f"n_qubits is missing. Give the number of qubits, 1 to {MAX_QUBITS}.")
    n_electrons = _integer(document, "n_electrons", 0, n_qubits, origin)
    _check_mapping(document, n_electrons, origin)
    hamiltonian = _hamiltonian(document, n_qubits, origin)
    energy, states = _exact(document, hamiltonian, n_electrons=n_electrons, origin=origin)
    name = _text(document, "name", PurePath(origin).stem, origin)
    source = _text(document, "source", origin, origin)
    return Problem(name, hamiltonian, n_electrons, energy, source, states)


def write(problem: Problem) -> str:
    """Return the file that `parse` reads back as this very problem."""
    document: dict[str, object] = {
        "name": problem.name,
        "source": problem.source,
        "n_qubits": problem.hamiltonian.n_qubits,
        "n_electrons": problem.n_electrons,
        "exact_energy": problem.exact_energy,
        "exact_of": problem.exact_of or None,
        "terms": [[term.pauli, term.coefficient] for term in problem.hamiltonian.terms],
    }
    return json.dumps({key: value for key, value in document.items() if value is not None})


def _bad(origin: str, what: str) -> BadInput:
    return BadInput(f"{origin}: {what}")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _document(data: bytes, origin: str) -> dict[str, object]:
    text = decoded(data, origin=origin)
    document: Any = read_json(text, origin=origin, wanted=f"Give {_OBJECT}.")
    if not isinstance(document, dict):
        raise _bad(origin, f"must hold one JSON object, as in {_OBJECT}.")
    return document


def _integer(document: dict[str, object], key: str, low: int, high: int, origin: str) -> int | None:
    value = document.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        allowed = f"Give a whole number from {low} to {high}."
        raise _bad(origin, f"{key} is {_shown(value)}. {allowed}")
    return value


def _text(document: dict[str, object], key: str, default: str, origin: str) -> str:
    value = document.get(key, default)
    if not isinstance(value, str) or not value.isprintable() or not value.strip():
        raise _bad(origin, f"{key} is {_shown(value)}. Give one line of text.")
    if key != "source" and len(value) > _NAME_LENGTH:
        raise _bad(
            origin, f"{key} has {len(value)} characters; at most {_NAME_LENGTH}. Shorten it."
        )
    return value


def _check_mapping(document: dict[str, object], n_electrons: int | None, origin: str) -> None:
    mapping = document.get("mapping", "jordan_wigner")
    plain = re.sub("[^a-z]", "", str(mapping).lower())
    if n_electrons is not None and not plain.startswith("jordanwigner"):
        what = f"n_electrons has a meaning only under jordan_wigner; mapping is {_shown(mapping)}."
        raise _bad(origin, f"{what} Remove n_electrons, or map by jordan_wigner.")


def _exact(
    document: dict[str, object],
    hamiltonian: Hamiltonian,
    *,
    n_electrons: int | None,
    origin: str,
) -> tuple[float | None, str]:
    """Return the lowest energy and the states that it is the lowest of.

    What the file states as `exact_energy` goes first. Listed eigenvalues are of all states, so
    they serve where no electron number is asked for, or where computing would take too long.
    """
    stated = document.get("exact_energy")
    if stated is not None:
        states = _text(document, "exact_of", AS_STATED, origin)
        return _number(stated, "exact_energy", origin), states
    small = hamiltonian.n_qubits <= EXACT_QUBITS
    if small and n_electrons is not None and conserves_electrons(hamiltonian):
        electrons = "1 electron" if n_electrons == 1 else f"{n_electrons} electrons"
        return lowest_energy(hamiltonian, n_electrons=n_electrons), electrons
    for key in ("lowest_eigenvalues", "lowest_eigenvalues_of_this_qubit_hamiltonian"):
        listed = document.get(key)
        if isinstance(listed, list) and listed:
            return _number(listed[0], key, origin), ALL_STATES
    return (lowest_energy(hamiltonian), ALL_STATES) if small else (None, "")


def _number(value: object, place: str, origin: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        allowed = "Give a plain real number; complex ones are not allowed."
        raise _bad(origin, f"{place} has {_shown(value)}, not a real number. {allowed}")
    if not (math.isfinite(value) if isinstance(value, float) else True) or (
        abs(value) > MAX_COEFFICIENT
    ):
        allowed = f"Give a finite number up to {MAX_COEFFICIENT:g} in size."
        raise _bad(origin, f"{place} has {_shown(value)}. {allowed}")
    return float(value)


def _hamiltonian(document: dict[str, object], n_qubits: int, origin: str) -> Hamiltonian:
    terms = document.get("terms")
    if not isinstance(terms, list) or not terms:
        allowed = 'Give terms as [["X0 Y2", 0.5], ...].'
        raise _bad(
            origin, f"terms is {'missing' if terms is None else 'empty or no list'}. {allowed}"
        )
    if len(terms) > MAX_TERMS:
        raise _bad(origin, f"{len(terms)} terms; at most {MAX_TERMS}. Drop the smallest ones.")
    pairs = [_term(term, i, n_qubits, origin) for i, term in enumerate(terms)]
    merged = merge(pairs, n_qubits=n_qubits)
    if not any(set(term.pauli) != {"I"} for term in merged.terms):
        what = "every term is zero or the identity, so there is nothing to measure."
        raise _bad(origin, f"{what} Add a term such as ['Z0', 0.5].")
    return merged


def _term(term: object, index: int, n_qubits: int, origin: str) -> tuple[str, float]:
    place = f"term {index}"
    if not isinstance(term, list) or len(term) != _PAIR or not isinstance(term[0], str):
        allowed = 'Write it as ["X0 Y2", 0.5].'
        raise _bad(origin, f"{place} is {_shown(term)}, not a string and a number. {allowed}")
    place = f"{place} ({_shown(term[0])})"
    return _pauli(term[0], place, n_qubits, origin), _number(term[1], place, origin)


def _pauli(text: str, place: str, n_qubits: int, origin: str) -> str:
    """Spell out a sparse (`X0 Y2`) or dense (`XIYI`) string, one letter a qubit."""
    if len(text) == n_qubits and set(text) <= set(LETTERS):
        return text
    if text.strip() in {"", "I"}:
        return "I" * n_qubits
    letters = ["I"] * n_qubits
    seen: set[int] = set()
    for token in text.split():
        letter, qubit = _token(token, place, n_qubits, origin)
        if qubit in seen:
            raise _bad(origin, f"{place} names qubit {qubit} twice. Give each qubit one letter.")
        seen.add(qubit)
        letters[qubit] = letter
    return "".join(letters)


def _token(token: str, place: str, n_qubits: int, origin: str) -> tuple[str, int]:
    wanted = f"Use I, X, Y or Z with qubits 0 to {n_qubits - 1} ('X0 Y1'), or {n_qubits} letters."
    found = _TOKEN.fullmatch(token)
    strange = next((c for c in token if c not in LETTERS and not c.isdigit()), None)
    if strange is not None:
        raise _bad(origin, f"{place} has the unknown Pauli letter {strange!r}. {wanted}")
    if found is None:
        raise _bad(origin, f"{place} has {_shown(token)}, the wrong length or spelling. {wanted}")
    letter, qubit = found[1], int(found[2])
    if letter not in LETTERS or qubit >= n_qubits:
        raise _bad(origin, f"{place} has {_shown(token)}, which does not exist here. {wanted}")
    return letter, qubit
