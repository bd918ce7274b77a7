"""Observables as they are written on a command line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.problems import Hamiltonian, PauliTerm
from tasks.core.estimation.observables import Observable, parse_observables
from tasks.core.physics.hamiltonian import merge
from tasks.core.physics.pauli import LETTERS
from tasks.errors import BadInput, UnknownName

BELL = Hamiltonian(2, (PauliTerm("II", -0.5), PauliTerm("ZZ", 1.0)))


def problem(name: str) -> Hamiltonian:
    if name in ("bell", "./my-molecule.json", "2.json"):
        return BELL
    kind = "problem"
    raise UnknownName(kind, name, ("bell",))


def read(*texts: str, n_qubits: int = 3) -> tuple[Observable, ...]:
    return parse_observables(texts, n_qubits=n_qubits, problem=problem)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Z0*Z1", [("ZZI", 1.0)]),
        ("Z0 Z1", [("ZZI", 1.0)]),
        ("Z0@Z1", [("ZZI", 1.0)]),
        ("Z0Z1", [("ZZI", 1.0)]),
        ("-Y2", [("IIY", -1.0)]),
        ("0.5*X0*Y2 - 1.2*Z1 + 0.1", [("III", 0.1), ("IZI", -1.2), ("XIY", 0.5)]),
        ("X0*2 + 1e-3 * Z0", [("XII", 2.0), ("ZII", 1e-3)]),
        ("X0 + X0", [("XII", 2.0)]),
        ("+X0-.5", [("III", -0.5), ("XII", 1.0)]),
        ("ZIX", [("ZIX", 1.0)]),
        ("2*ZIX - 3*IZI", [("IZI", -3.0), ("ZIX", 2.0)]),
        ("I0*Z1", [("IZI", 1.0)]),
        ("bell", [("III", -0.5), ("ZZI", 1.0)]),
        ("./my-molecule.json", [("III", -0.5), ("ZZI", 1.0)]),
        ("2.json", [("III", -0.5), ("ZZI", 1.0)]),
    ],
)
def test_a_sum_is_read(text: str, terms: list[tuple[str, float]]) -> None:
    (found,) = read(text)
    assert found.name == text
    assert found.hamiltonian == merge(terms, n_qubits=3)


def test_several_are_separated_by_semicolons_or_options() -> None:
    assert [o.name for o in read("Z0; Z1 ;", "X0 *  X1")] == ["Z0", "Z1", "X0 * X1"]


strings = st.text(LETTERS, min_size=5, max_size=5).filter(lambda text: set(text) != {"I"})
sums = st.dictionaries(
    strings, st.floats(-1e3, 1e3, allow_subnormal=False).filter(bool), min_size=1, max_size=6
)


@given(sums)
def test_any_sum_that_is_written_out_is_read_back(terms: dict[str, float]) -> None:
    spelled = [
        f"{'-' if value < 0 else '+'} {abs(value)!r}*"
        + "*".join(f"{letter}{q}" for q, letter in enumerate(pauli) if letter != "I")
        for pauli, value in terms.items()
    ]
    (found,) = read(" ".join(spelled), n_qubits=5)
    assert found.hamiltonian == merge(terms.items(), n_qubits=5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Z7", "Z7 in the observable 'Z7' is on a qubit that is not there; the circuit has the "),
        ("Z0*X3", "the circuit has the qubits 0 to 2. Correct it."),
        ("ZZ", "has 2 letters; the circuit has the qubits 0 to 2."),
        ("Z0*X0", "has qubit 0 twice"),
        ("1.5", "is a constant"),
        ("Z0 - Z0", "is a constant"),
        ("", "0 observables"),
        (";;", "0 observables"),
        ("Z0; 1*Z0", "are one"),
        ("Q0", "neither a sum of Pauli strings"),
        ("helium", "Problems are: bell"),
        ("Z0 + ", "cannot be read from column"),
        ("Z0 ++ Z1", "cannot be read from column 5"),
        ("Z0 ** Z1", "cannot be read from column 4"),
        ("0.5*(Z0 + Z1)", "cannot be read from column"),
        ("1j*Z0", "cannot be read from column 1"),
        ("Z0 = 1", "cannot be read from column 3"),
        ("*Z0", "neither a sum"),
        ("1e999*Z0", "too large"),
        ("Z99999999999", "cannot be read from column"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_problem_larger_than_the_circuit_is_refused() -> None:
    with pytest.raises(BadInput, match="bell acts on 2 qubits; the circuit has qubit 0 only"):
        read("bell", n_qubits=1)


@given(st.text(alphabet="XYZI0123. *+-@e;", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read(text)
    except BadInput as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017 - either outcome is right
    else:
        assert all(each.hamiltonian.n_qubits == 3 for each in found)
