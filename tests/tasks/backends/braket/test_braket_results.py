"""Results are read in both forms, inlined or not, whatever the order of qubits and executables."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.executions import Failure
from tasks.backends.braket.results import returned
from tasks.backends.protocol import Histogram
from tasks.errors import ResultUnreadable

HEAD = "braket.task_result."
MEMBERS = st.sampled_from(
    [
        "braketSchemaHeader", "measurements", "measurementProbabilities", "measuredQubits",
        "additionalMetadata", "simulatorMetadata", "executionDuration", "action", "source",
        "programResults", "executableResults", "inputsIndex", "failureMetadata", "name",
    ]
)  # fmt: skip


def headed(name: str, **members: Any) -> dict[str, Any]:
    return {"braketSchemaHeader": {"name": HEAD + name, "version": "1"}, **members}


def source_of(order: Sequence[int]) -> str:
    lines = [f"b[{bit}] = measure ${label};" for bit, label in enumerate(order)]
    return "OPENQASM 3.0;\n" + "\n".join(lines) + "\n"


def reading(objects: Mapping[str, Any], *, shots: int = 100) -> tuple[Histogram, ...]:
    return returned(lambda paths: [objects[path] for path in paths], shots=shots).histograms


def counted(found: Histogram) -> dict[int, int]:
    return dict(zip(found.outcomes.tolist(), found.counts.tolist(), strict=True))


@st.composite
def measured(draw: st.DrawFn) -> tuple[list[int], list[int], list[dict[int, int]]]:
    """Draw the labels in the order of the bits, as measured, and shots as label to bit."""
    order = draw(st.lists(st.integers(0, 60), min_size=1, max_size=6, unique=True))
    others = draw(st.lists(st.integers(61, 70), max_size=2, unique=True))
    labels = draw(st.permutations([*order, *others]))
    row = st.fixed_dictionaries({label: st.integers(0, 1) for label in labels})
    return order, list(labels), draw(st.lists(row, min_size=1, max_size=30))


def expected(order: Sequence[int], rows: Sequence[Mapping[int, int]]) -> dict[int, int]:
    return Counter(sum(row[label] << bit for bit, label in enumerate(order)) for row in rows)


@given(drawn=measured())
def test_bits_go_where_the_program_measured_them(
    drawn: tuple[list[int], list[int], list[dict[int, int]]],
) -> None:
    order, labels, rows = drawn
    document = headed(
        "gate_model_task_result",
        measurements=[[row[label] for label in labels] for row in rows],
        measuredQubits=labels,
        additionalMetadata={"action": {"source": source_of(order)}},
    )
    (found,) = reading({"results.json": document})
    assert found.n_qubits == len(order)
    assert counted(found) == expected(order, rows)
    assert found.outcomes.tolist() == sorted(found.outcomes.tolist())


def a_set(
    programs: Sequence[Sequence[tuple[list[int], list[int], list[dict[int, int]]]]],
    *,
    inlined: bool,
    backwards: bool,
) -> dict[str, Any]:
    """Return the objects of a program set whose programs measure the order of their first entry."""
    objects, roots = dict[str, Any](), list[Any]()
    for i, entries in enumerate(programs):
        order = entries[0][0]
        listed = list[Any]()
        for j, (_, labels, rows) in enumerate(entries):
            bits = [[row[label] for label in labels] for row in rows]
            result = headed(
                "program_set_executable_result",
                inputsIndex=j,
                measurements=bits,
                measuredQubits=labels,
            )
            objects[f"programs/{i}/executables/{j}.json"] = result
            listed.append(result if inlined else f"executables/{j}.json")
        program = {"source": source_of(order), "inputs": {}}
        objects[f"programs/{i}/program.json"] = program
        objects[f"programs/{i}/results.json"] = headed(
            "program_result",
            executableResults=listed[::-1] if backwards else listed,
            source=program if inlined else "program.json",
        )
        name = f"programs/{i}/results.json"
        roots.append(objects[name] if inlined else name)
    objects["results.json"] = headed("program_set_task_result", programResults=roots)
    return objects


@given(
    programs=st.lists(
        measured().flatmap(lambda one: st.lists(st.just(one), min_size=1, max_size=3)),
        min_size=1,
        max_size=3,
    ),
    inlined=st.booleans(),
    backwards=st.booleans(),
)
def test_a_program_set_keeps_the_order_of_its_action(
    programs: list[list[tuple[list[int], list[int], list[dict[int, int]]]]],
    inlined: bool,
    backwards: bool,
) -> None:
    found = reading(a_set(programs, inlined=inlined, backwards=backwards))
    entries = [entry for program in programs for entry in program]
    assert [counted(h) for h in found] == [expected(order, rows) for order, _, rows in entries]


def test_each_level_below_the_root_is_read_at_once() -> None:
    asked: list[int] = []
    entry = ([3], [3], [{3: 1}])
    objects = a_set([[entry] * 5, [entry] * 2], inlined=False, backwards=False)

    def read(paths: Sequence[str]) -> list[Any]:
        asked.append(len(paths))
        return [objects[path] for path in paths]

    assert len(returned(read, shots=7).histograms) == 7
    assert asked == [1, 2, 9]


def test_a_result_of_a_real_garnet_is_read(shared_data: Path) -> None:
    folder = shared_data / "task_results" / "braket-examples_Garnet_programset_20250815"
    objects = {
        path.relative_to(folder).as_posix(): json.loads(path.read_text())
        for path in folder.rglob("*.json")
    }
    (found,) = reading(objects)
    raw = json.loads((folder / "programs/0/executables/0.json").read_text())["measurements"]
    assert (found.n_qubits, counted(found)) == (1, Counter(bit for (bit,) in raw))


def test_a_part_that_failed_has_no_counts_and_probabilities_become_counts(
    shared_data: Path,
) -> None:
    path = shared_data / "task_results" / "sdk_unit_test_programset_partial_failure.json"
    document = json.loads(path.read_text())
    found = returned(lambda _: [document], shots=200)
    assert [counted(h) for h in found.histograms][:2] == [{0: 70, 3: 30}, {}]
    assert found.histograms[1].n_qubits == 2
    reason = "QPU was sick, should be good again after getting some sleep"
    assert found.histograms[1].failure == Failure(reason, retryable=True)
    assert found.histograms[0].failure is None


SINGLE = headed(
    "gate_model_task_result",
    measurements=[[0, 1]],
    measuredQubits=[3, 7],
    additionalMetadata={"action": {"source": source_of([3, 7])}},
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"braketSchemaHeader": {"name": "other"}}, "its form is 'other'"),
        ({"braketSchemaHeader": {}}, "its form is None"),
        ({"measurements": [[0, 2]]}, "no table of bits"),
        ({"measurements": [[0, 1], [0]]}, "no table of bits"),
        ({"measurements": "text"}, "no table of bits"),
        ({"measurements": [["a", "b"]]}, "no table of bits"),
        ({"measurements": None}, "no table of bits"),
        ({"measuredQubits": [3, 8]}, "it measures"),
        ({"measuredQubits": [3]}, "do not name its 2 columns"),
        ({"measuredQubits": [3, 3]}, "do not name its 2 columns"),
        ({"measuredQubits": "ab"}, "do not name its 2 columns"),
        ({"measurements": [[0, 0.5]]}, "no table of bits"),
        ({"measurements": [[True, False]]}, "no table of bits"),
        ({"measurements": [[0, None]]}, "no table of bits"),
        ({"measurements": [[0, 1]] * 150}, "it has 150 shots, and 100 were asked for"),
        ({"measurements": [], "measurementProbabilities": {"00": -0.2, "11": 1.2}}, "is -0.2"),
        (
            {"measurements": [], "measurementProbabilities": {"00": float("nan")}},
            "nan is no finite",
        ),
        ({"measurements": [], "measurementProbabilities": {"00": None}}, "None is no finite"),
        ({"measurements": [], "measurementProbabilities": {"00": 0.5}}, "add up to 0.5"),
        ({"measurements": [], "measurementProbabilities": {"0x": 1.0}}, "no table of bits"),
        ({"measurements": [], "measurementProbabilities": [1.0]}, "where an object should"),
        ({"additionalMetadata": {"simulatorMetadata": {"executionDuration": "long"}}}, "'long'"),
        ({"additionalMetadata": {"simulatorMetadata": {"executionDuration": -1}}}, "-1.0 ms"),
        ({"additionalMetadata": [1]}, "where an object should"),
        ({"braketSchemaHeader": "text"}, "where an object should"),
        ({"measuredQubits": None, "measurements": [[0]]}, "it measures"),
    ],
)
def test_what_is_no_result_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ResultUnreadable, match=said):
        reading({"results.json": SINGLE | change})


def test_a_set_without_its_lists_is_refused() -> None:
    for root in (
        headed("program_set_task_result"),
        headed("program_set_task_result", programResults=[]),
        headed("program_set_task_result", programResults=[headed("program_result")]),
    ):
        with pytest.raises(ResultUnreadable):
            reading({"results.json": root})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-3, 300) | st.floats() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from(["gate_model_task_result", "program_set_task_result"]),
)
def test_whatever_was_damaged_is_refused_in_words_or_adds_up(found: Any, form: str) -> None:
    root = headed(form) | (found if isinstance(found, dict) else {"programResults": found})

    def read(paths: Sequence[str]) -> list[Any]:
        return [root if path == "results.json" else found for path in paths]

    with suppress(ResultUnreadable):
        histograms = returned(read, shots=100).histograms
        assert all(int(each.counts.sum()) <= 100 for each in histograms)


@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=8), st.integers(1, 5000))
def test_counts_of_probabilities_add_up_to_the_shots_and_are_as_near_as_whole_numbers_can(
    weights: list[float], shots: int
) -> None:
    total = sum(weights)
    stated = {format(place, "03b"): weight / total for place, weight in enumerate(weights)}
    document = headed("gate_model_task_result", measurementProbabilities=stated)
    (found,) = reading({"results.json": document}, shots=shots)
    assert int(found.counts.sum()) == shots
    seen = counted(found)
    for text, share in stated.items():
        outcome = sum(int(letter) << bit for bit, letter in enumerate(text))
        assert abs(seen.get(outcome, 0) - share * shots) < 1
