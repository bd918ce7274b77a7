"""Bundled problems and problem files: what loads, and what is said of what does not."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.problems.catalogue import load, names
from datasets.problems.document import parse, write
from datasets.problems.hydrogen import hydrogen
from datasets.records.problems import Problem
from tasks.core.physics.spectrum import lowest_energy
from tasks.errors import BadInput, UnknownName

GOOD = {"n_qubits": 2, "terms": [["X0 Y1", 0.5], ["ZI", -1.0]]}


def read(**changes: object) -> Problem:
    return parse(json.dumps({**GOOD, **changes}).encode(), origin="my.json")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in names() if "@" in name])
def test_a_bundled_energy_is_the_lowest_eigenvalue_of_its_terms(name: str) -> None:
    problem = load(name)
    exact = lowest_energy(problem.hamiltonian, n_electrons=problem.n_electrons)
    assert problem.exact_energy == pytest.approx(exact, abs=1e-9)
    assert problem.exact_of == f"{problem.n_electrons} electrons"


def test_the_short_names_are_the_documented_geometries() -> None:
    assert load("h2") == load("h2@0.7414") == load("H2")
    assert load("lih") == load("lih@1.45")
    assert load("h2").exact_energy == pytest.approx(-1.1372701746609026, abs=1e-12)


@pytest.mark.parametrize(
    ("bundled", "file"),
    [
        ("h2@0.7414", "H2_sto3g_0.7414.json"),
        ("h2@0.735", "H2_sto3g_0.735.json"),
        ("lih", "LiH_sto3g_1.45_frozen_active.json"),
        ("beh2", "BeH2_sto3g_1.3264_frozen_12q.json"),
    ],
)
def test_bundled_files_hold_what_the_published_ones_do(
    shared_data: Path, bundled: str, file: str
) -> None:
    theirs, ours = load(str(shared_data / "chemistry" / file)), load(bundled)
    assert ours.hamiltonian == theirs.hamiltonian
    assert (ours.n_electrons, ours.exact_of) == (theirs.n_electrons, theirs.exact_of)
    assert ours.exact_energy == pytest.approx(theirs.exact_energy, abs=1e-9)


@pytest.mark.parametrize("length", ["0.735", "0.7414"])
def test_h2_is_computed_as_the_bundled_files_have_it(length: str) -> None:
    computed, bundled = hydrogen(float(length)), load(f"h2@{length}")
    pairs = zip(computed.hamiltonian.terms, bundled.hamiltonian.terms, strict=True)
    for ours, theirs in pairs:
        assert ours.pauli == theirs.pauli
        assert ours.coefficient == pytest.approx(theirs.coefficient, abs=1e-10)
    assert computed.exact_energy == pytest.approx(bundled.exact_energy, abs=1e-10)
    assert (computed.n_electrons, computed.exact_of) == (bundled.n_electrons, bundled.exact_of)


@given(st.floats(0.1, 10))
@settings(max_examples=20)
def test_the_energy_of_h2_at_any_length_is_the_lowest_of_two_electrons(distance: float) -> None:
    problem = load(f"h2@{distance!r}")
    exact = lowest_energy(problem.hamiltonian, n_electrons=2)
    assert problem.exact_energy == pytest.approx(exact, abs=1e-9)
    assert parse(write(problem).encode(), origin="h2.json") == problem


def test_h2_falls_apart_into_two_hydrogen_atoms() -> None:
    atom = -0.4665818  # hartree, of one electron in STO-3G
    assert load("h2@10").exact_energy == pytest.approx(2 * atom, abs=1e-6)


@pytest.mark.parametrize(
    ("spelled", "name"),
    [("H2@0.90", "h2@0.9"), ("h2@.9", "h2@0.9"), ("h2@0.7350", "h2@0.735"), ("lih@1.450", "lih")],
)
def test_a_length_may_be_spelled_in_any_way(spelled: str, name: str) -> None:
    assert load(spelled) == load(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lih@1.6", "choose lih@1.45, or give the path of a JSON file"),
        ("beh2@1.0", "choose beh2@1.3264"),
        ("h2@0", "H2 is computed at 0.1 to 10 angstrom"),
        ("h2@-1", "0.1 to 10 angstrom"),
        ("h2@1e9", "0.1 to 10 angstrom"),
        ("h2@nan", "a bond length in angstrom, as in h2@0.9"),
        ("h2@", "a bond length in angstrom"),
        ("h2@0.9A", "a bond length in angstrom"),
        ("n2@1.1", "h2@LENGTH (0.1 to 10 angstrom)"),
        ("h2@0.9@1", "a bond length in angstrom"),
    ],
)
def test_a_length_that_there_is_no_molecule_at_is_refused_with_what_there_is(
    name: str, said: str
) -> None:
    with pytest.raises(BadInput) as refused:
        load(name)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


sparse_terms = st.lists(
    st.tuples(st.text("IXYZ", min_size=3, max_size=3), st.floats(0.1, 2)), min_size=1
)


@given(sparse_terms)
def test_sparse_and_dense_spellings_are_the_same_problem(terms: list[tuple[str, float]]) -> None:
    terms = [*terms, ("ZII", 5.0)]
    dense = {"n_qubits": 3, "terms": terms}
    spelled = [
        (" ".join(f"{a}{q}" for q, a in enumerate(p) if a != "I") or "I", c) for p, c in terms
    ]
    sparse = {"n_qubits": 3, "terms": spelled}
    one, two = (parse(json.dumps(d).encode(), origin="x.json") for d in (dense, sparse))
    assert one == two


def test_equal_strings_are_merged_and_zeros_dropped() -> None:
    problem = read(terms=[["X0", 0.5], ["XI", 0.25], ["Z1", 1.0], ["Z0", 0.0]])
    assert [(t.pauli, t.coefficient) for t in problem.hamiltonian.terms] == [
        ("IZ", 1.0),
        ("XI", 0.75),
    ]


def test_without_a_given_energy_small_problems_are_diagonalised() -> None:
    assert read(terms=[["Z0", 1.0]]).exact_energy == pytest.approx(-1.0)
    assert read(exact_energy=-7.0).exact_energy == -7.0
    assert read(lowest_eigenvalues=[-3.0, 1.0]).exact_energy == -3.0
    assert read(n_qubits=13, terms=[["Z0", 1.0]]).exact_energy is None


def test_name_and_source_default_to_the_file() -> None:
    assert (read().name, read().source) == ("my", "my.json")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"n_qubits": None}, "n_qubits is missing. Give the number of qubits, 1 to 24."),
        ({"n_qubits": 25}, "n_qubits is 25. Give a whole number from 1 to 24."),
        ({"n_qubits": True}, "n_qubits is True"),
        ({"n_qubits": 2.0}, "n_qubits is 2.0"),
        ({"n_electrons": 3}, "n_electrons is 3. Give a whole number from 0 to 2."),
        ({"n_electrons": 1, "mapping": "parity"}, "only under jordan_wigner; mapping is 'parity'"),
        ({"terms": []}, "terms is empty or no list"),
        ({"terms": None}, "terms is missing"),
        ({"terms": [["X0", 0.0], ["I", 2.0]]}, "nothing to measure"),
        ({"terms": [["X0", 1.0], ["X1", -1.0], ["Q0", 1]]}, "term 2 ('Q0')"),
        ({"terms": [["Q0", 1]]}, "unknown Pauli letter 'Q'. Use I, X, Y or Z with qubits 0 to 1"),
        ({"terms": [["x0", 1]]}, "unknown Pauli letter 'x'"),
        ({"terms": [["XIY", 1]]}, "the wrong length or spelling"),
        ({"terms": [["X2", 1]]}, "'X2', which does not exist here. Use I, X, Y or Z"),
        ({"terms": [["X-1", 1]]}, "unknown Pauli letter '-'"),
        ({"terms": [["X0 Y0", 1]]}, "names qubit 0 twice"),
        ({"terms": [["X0", float("nan")]]}, "term 0 ('X0') has nan. Give a finite number"),
        ({"terms": [["X0", float("inf")]]}, "has inf. Give a finite number up to 1e+09"),
        ({"terms": [["X0", 10**400]]}, "Give a finite number"),
        ({"terms": [["X0", [1, 2]]]}, "complex ones are not allowed"),
        ({"terms": [["X0", "1+2j"]]}, "has '1+2j', not a real number"),
        ({"terms": [["X0", {"re": 1}]]}, "not a real number"),
        ({"terms": [["X0", None]]}, "not a real number"),
        ({"terms": [["X0", True]]}, "not a real number"),
        ({"terms": [["X0"]]}, "term 0 is ['X0'], not a string and a number"),
        ({"terms": [5]}, "term 0 is 5, not a string and a number"),
        ({"terms": "X0"}, "terms is empty or no list"),
        ({"terms": [["X0", 1]] * 100_001}, "100001 terms; at most 100000"),
        ({"exact_energy": "low"}, "exact_energy has 'low', not a real number"),
        ({"name": 5}, "name is 5. Give one line of text."),
        ({"name": "a\nb"}, "name is 'a\\nb'. Give one line of text."),
        ({"name": "a" * 101}, "name has 101 characters; at most 100"),
    ],
)
def test_a_malformed_problem_is_refused_in_one_line(changes: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read(**changes)
    message = str(refusal.value)
    assert said in message
    assert message.startswith("my.json: ")
    assert "\n" not in message
    assert len(message) < 250


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not JSON (Expecting value at line 1, column 1)"),
        (b"{", "not JSON"),
        (b"\xff{}", "is not UTF-8 text (byte 0 is wrong)"),
        (b"[1]", "must hold one JSON object"),
        (b"[" * 100_000, "nests deeper than 100 levels"),
        (b'{"n_qubits": ' + b"9" * 5000 + b"}", "a number has too many digits"),
    ],
)
def test_bytes_that_are_no_problem_are_refused_in_one_line(data: bytes, said: str) -> None:
    with pytest.raises(BadInput) as refusal:
        parse(data, origin="my.json")
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


@settings(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_terms_load_or_are_bad_input(terms: object) -> None:
    try:
        read(terms=terms)
    except BadInput as refusal:
        assert "\n" not in str(refusal)  # noqa: PT017 - either outcome is right


def test_a_path_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        load(str(tmp_path / "none.json"))
    with pytest.raises(BadInput, match="is a folder"):
        load(str(tmp_path))
    with pytest.raises(BadInput, match=r"cannot be read|There is no file"):
        load("a\0b.json")


def test_a_path_to_a_file_loads_and_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode())
    assert load(str(path)).name == "mine"


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(
        UnknownName, match=r"Choose one of: h2, h2@0\.735, .*the path of a JSON file"
    ):
        load("water")


def test_the_example_of_the_document_is_h2_to_the_digits_that_it_has() -> None:
    text = (Path(__file__).parents[3] / "docs" / "problems.md").read_text()
    example = text.split("```json\n")[1].split("```")[0]
    problem = parse(example.encode(), origin="example.json")
    assert problem.exact_of == "2 electrons"
    assert problem.exact_energy == pytest.approx(load("h2").exact_energy, abs=5e-4)


def test_the_reference_of_an_ion_is_of_its_own_electrons() -> None:
    # Three orbitals that each want an electron: two of them are asked for, three are lower.
    wanting = [["Z0", 1.0], ["Z1", 1.0], ["Z2", 1.0]]
    ion = read(n_qubits=3, n_electrons=2, terms=wanting)
    assert (ion.exact_energy, ion.exact_of) == (-1.0, "2 electrons")
    anybody = read(n_qubits=3, terms=wanting)
    assert (anybody.exact_energy, anybody.exact_of) == (-3.0, "all states")


def test_what_a_file_lists_is_of_all_states_and_what_it_states_goes_first() -> None:
    ion = {"n_qubits": 2, "n_electrons": 1, "terms": [["Z0", 1.0], ["Z1", 1.0]]}
    assert read(**ion, lowest_eigenvalues=[-2.0]).exact_of == "1 electron"
    stated = read(**ion, exact_energy=-0.25, lowest_eigenvalues=[-2.0])
    assert (stated.exact_energy, stated.exact_of) == (-0.25, "as stated")
    large = {"n_qubits": 13, "n_electrons": 1, "terms": [["Z0", 1.0]]}
    assert read(**large, lowest_eigenvalues=[-1.0]).exact_of == "all states"
    assert read(**large).exact_energy is None


def test_a_hamiltonian_that_makes_electrons_is_compared_over_all_states() -> None:
    found = read(n_qubits=1, n_electrons=1, terms=[["X0", 1.0]])
    assert (found.exact_energy, found.exact_of) == (pytest.approx(-1.0), "all states")


def test_a_problem_reads_back_as_itself() -> None:
    problem = read(n_electrons=1)
    assert parse(write(problem).encode(), origin="pinned.json") == problem
