"""Documents that are refused, in one line that says what to do."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.devices.capabilities import import_capabilities
from datasets.devices.document import read_snapshot, write_snapshot
from tasks.errors import BadInput
from tests.datasets.devices.invented_documents import (
    Document,
    imported,
    ion_trap,
    labels,
    square,
)


def test_a_device_whose_only_mean_is_not_believed_is_refused() -> None:
    document = ion_trap(provider={"fidelity": {"1Q": {"mean": 0.7913}}})
    del document["standardized"]["singleQubitFidelity"]
    with pytest.raises(BadInput, match=r"no qubit can be used.*more than 0\.9.*another day"):
        imported(document)


def without(*path: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for key in path[:-1]:
            document = document[key]
        del document[path[-1]]

    return change


def with_value(value: object, *path: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return change


GRAPH = ("paradigm", "connectivity", "connectivityGraph")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("braketSchemaHeader"), "of a vendor that is not known here"),
        (with_value({}, "action", "braket.ir.ahs.program"), "of an analogue device"),
        (with_value({"name": "braket.device_schema.quera.x"}, "braketSchemaHeader"), "not known"),
        (without("paradigm"), "it has no paradigm"),
        (with_value([], "paradigm", "connectivity"), "paradigm.connectivity is not an object"),
        (with_value({"0": "1"}, *GRAPH), "neighbours of qubit 0 are not a list"),
        (with_value({"0": ["0"]}, *GRAPH), "couples a qubit with itself"),
        (with_value({"a": ["0"]}, *GRAPH), "is not a qubit label"),
        (with_value({"0": [-1]}, *GRAPH), "does not name a pair"),
        (with_value({"0": [99999]}, *GRAPH), "is not a qubit label"),
        (with_value({"0": [1024]}, *GRAPH), "above 1023"),
        (without("paradigm", "nativeGateSet"), "list of gates is missing"),
        (with_value(["rx"], "paradigm", "nativeGateSet"), "no native two-qubit gate"),
        (without("standardized"), "no qubit can be used"),
        (with_value({}, *GRAPH), "no qubit can be used"),
        (without("service", "updatedAt"), "--published 2026-05-05"),
        (without("service", "deviceCost"), "states no price"),
        (with_value(-1, "service", "deviceCost", "price"), "not less than 10,000 USD"),
        (with_value(10**12, "service", "deviceCost", "price"), "not less than 10,000 USD"),
        (with_value("x", "service", "deviceCost", "price"), "is not a number"),
        (with_value("qubit", "service", "deviceCost", "unit"), "the price is by 'qubit'"),
        (with_value([5, 1], "service", "shotsRange"), "least and most"),
        (with_value([True, True], "service", "shotsRange"), "least and most"),
        (with_value([1, 10**30], "service", "shotsRange"), "least and most, up to 1,000,000,000"),
        (with_value(None, "service", "executionWindows"), "is not a list"),
        (with_value([{}], "service", "executionWindows"), "has no day, start and end"),
    ],
)
def test_a_malformed_document_is_refused_in_one_line(
    change: Callable[[Document], None], words: str
) -> None:
    document = square()
    change(document)
    with pytest.raises(BadInput) as refusal:
        imported(document, origin="odd.json")
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("odd.json")
    assert "\n" not in str(refusal.value)


def test_a_document_that_does_not_say_which_device_it_is_of_asks_for_a_name() -> None:
    with pytest.raises(BadInput, match="--name NAME"):
        imported(square(), name=None)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet",
        "arn:aws:braket:eu-north-1::device/qpu/iqm/Newest",
        "arn:aws:braket:us-west-1::device/qpu/rigetti/../etc",
        "Square-7",
    ],
)
def test_an_arn_of_another_vendor_is_refused(arn: str) -> None:
    answer = {"deviceName": "Square-7", "deviceArn": arn, "deviceCapabilities": square()}
    with pytest.raises(BadInput, match=r"(not|no device) of Rigetti"):
        import_capabilities(json.dumps(answer))


@pytest.mark.parametrize("name", ["a\nb", "x" * 101])
def test_a_name_that_is_not_a_short_line_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="not a line of at most 100 characters"):
        imported(square(), name=name)


def test_a_snapshot_is_not_imported_again() -> None:
    text = write_snapshot(imported(square()))
    with pytest.raises(BadInput, match=r"Use it as emulator:square\.json"):
        import_capabilities(text, origin="square.json")


@pytest.mark.parametrize("text", ["", "{", "3", "null", "[1]", '"x"', "[" * 100_000])
def test_what_is_not_a_document_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        import_capabilities(text)


ODD = st.sampled_from(
    [None, True, -1, 0, 2**70, 0.5, float("nan"), "", "x", "0-0", [], [[]], {}, {"a": None}]
)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_damage_leaves_a_usable_snapshot_or_one_line(data: st.DataObject) -> None:
    document = copy.deepcopy(data.draw(st.sampled_from([square(), ion_trap()])))
    place: Any = document
    while isinstance(place, dict | list) and place:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            place[key] = data.draw(ODD)
            break
        place = place[key]
    try:
        snapshot = imported(document)
    except BadInput as refusal:
        assert "\n" not in str(refusal)  # noqa: PT017 - either outcome is right
        return
    assert read_snapshot(write_snapshot(snapshot), origin="it") == snapshot
    joined = {label for entry in snapshot.pairs for label in entry.labels}
    assert joined == set(labels(snapshot))


def test_the_invented_document_with_two_calibrated_qubits_is_refused(shared_data: Path) -> None:
    text = (shared_data / "devices" / "default_capabilities.json").read_text()
    date = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(BadInput, match="no qubit can be used, 15 figures were dropped"):
        import_capabilities(text, name="toy", published_at=date)
