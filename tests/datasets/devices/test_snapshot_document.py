"""Snapshot files: what is written is read, and what is not a snapshot is refused in one line."""

import dataclasses
import json
import re
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.devices.document import read_snapshot, write_snapshot
from datasets.devices.identity import calibration_id, sealed
from datasets.records.devices import (
    CalibrationId,
    DeviceKind,
    DeviceSnapshot,
    Dropped,
    Figure,
    Flag,
    Limits,
    Pair,
    Prices,
    Qubit,
    Window,
)
from tasks.errors import BadInput

ERRORS = st.none() | st.floats(0, 1)
FIGURES = st.builds(Figure, st.floats(0.5, 1, exclude_min=True), ERRORS)
MISREADINGS = st.builds(Figure, st.floats(0, 0.5, exclude_max=True), ERRORS)
TIMES = st.builds(Figure, st.floats(1e-9, 1e4), ERRORS)
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
GATES = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True)
DAYS = datetime(2000, 1, 2), datetime(2100, 12, 30)  # noqa: DTZ001 - hypothesis adds the zone
MONEY = st.decimals(0, 1000, places=6)
LABELS = st.lists(st.integers(0, 60), min_size=1, max_size=4, unique=True).map(sorted)
ZONES = st.integers(-12, 12).map(lambda hours: timezone(timedelta(hours=hours)))


@st.composite
def snapshots(draw: st.DrawFn) -> DeviceSnapshot:
    labels = draw(LABELS)
    figures = {
        name: st.none() | kind
        for kind, names in (
            (FIGURES, ("one_qubit_fidelity", "readout_fidelity")),
            (MISREADINGS, ("p1_given_0", "p0_given_1")),
            (TIMES, ("t1_s", "t2_s")),
        )
        for name in names
    }
    qubits = tuple(draw(st.builds(Qubit, st.just(label), **figures)) for label in labels)
    possible = list(combinations(labels, 2))
    complete = draw(st.booleans())
    chosen = possible if complete else [pair for pair in possible if draw(st.booleans())]
    pairs = tuple(draw(st.builds(Pair, st.just(pair), GATES, FIGURES)) for pair in chosen)
    shots = draw(st.tuples(st.integers(0, 10), st.integers(10, 10**6)))
    count = st.none() | st.integers(1, 10**6)
    return sealed(
        DeviceSnapshot(
            calibration_id=CalibrationId(""),
            name=draw(WORDS),
            vendor=draw(WORDS),
            kind=draw(st.sampled_from(DeviceKind)),
            arn=draw(WORDS | st.just("")),
            published_at=draw(st.datetimes(*DAYS, timezones=st.just(UTC))),
            fully_connected=complete,
            native_gates=tuple(draw(st.lists(GATES, max_size=4))),
            qubits=qubits,
            pairs=pairs,
            windows=tuple(draw(st.lists(WINDOWS, max_size=3))),
            prices=draw(st.builds(Prices, MONEY, MONEY, MONEY, st.integers(0, 60))),
            limits=Limits(*shots, draw(count), draw(count)),
            dropped=tuple(draw(st.lists(DROPPED, max_size=3))),
            source=draw(WORDS),
        )
    )


WINDOWS = st.builds(
    Window, st.sampled_from(["Everyday", "Weekend", "Monday"]), st.times(), st.times()
)
DROPPED = st.builds(
    Dropped, WORDS, WORDS, st.none() | st.floats(-2, 2), ERRORS, st.sampled_from(Flag), WORDS
)


TRIO = sealed(
    DeviceSnapshot(
        calibration_id=CalibrationId(""),
        name="Trio",
        vendor="IQM",
        kind=DeviceKind.QPU,
        arn="",
        published_at=datetime(2026, 5, 5, tzinfo=UTC),
        fully_connected=False,
        native_gates=("cz", "prx"),
        qubits=tuple(Qubit(q, Figure(0.999, 0.0001), Figure(0.98)) for q in (1, 2, 5)),
        pairs=(Pair((1, 2), "cz", Figure(0.99)), Pair((2, 5), "cz", Figure(0.98))),
        windows=(Window("Weekdays", time(12), time(3)),),
        prices=Prices(Decimal("0.30"), Decimal("0.00145")),
        limits=Limits(1, 20_000, 100, 200_000),
        dropped=(),
        source="made for a test",
    )
)


@pytest.fixture
def snapshot() -> DeviceSnapshot:
    return TRIO


def edited(snapshot: DeviceSnapshot, **changes: object) -> str:
    content = json.loads(write_snapshot(snapshot)) | changes
    return json.dumps({key: value for key, value in content.items() if value is not ...})


@settings(max_examples=30)
@given(snapshots())
def test_a_snapshot_that_is_written_and_read_is_the_same(snapshot: DeviceSnapshot) -> None:
    assert read_snapshot(write_snapshot(snapshot), origin="it") == snapshot


@settings(max_examples=20)
@given(snapshots(), st.randoms(use_true_random=False))
def test_the_order_in_the_file_does_not_change_the_calibration_id(
    snapshot: DeviceSnapshot, random: Random
) -> None:
    content = json.loads(write_snapshot(snapshot))
    keys = list(content)
    random.shuffle(keys)
    for listed in ("qubits", "pairs"):
        random.shuffle(content[listed])
    again = json.dumps({key: content[key] for key in keys}, indent=7)
    assert read_snapshot(again, origin="it").calibration_id == snapshot.calibration_id


@given(zone=ZONES)
def test_the_zone_of_the_same_moment_does_not_change_the_calibration_id(zone: timezone) -> None:
    moment = datetime(2026, 5, 5, 12, tzinfo=UTC)
    elsewhere = dataclasses.replace(TRIO, published_at=moment.astimezone(zone))
    in_utc = dataclasses.replace(TRIO, published_at=moment)
    assert calibration_id(elsewhere) == calibration_id(in_utc)


@given(value=st.floats(0.5, 1, exclude_min=True))
def test_another_figure_is_another_calibration(value: float) -> None:
    qubits = (dataclasses.replace(TRIO.qubits[0], readout_fidelity=Figure(value)), *TRIO.qubits[1:])
    changed = dataclasses.replace(TRIO, qubits=qubits)
    assert (calibration_id(changed) == TRIO.calibration_id) == (changed == TRIO)


def test_where_figures_were_found_does_not_change_their_identity(snapshot: DeviceSnapshot) -> None:
    elsewhere = dataclasses.replace(snapshot, source="somewhere else")
    assert calibration_id(elsewhere) == snapshot.calibration_id


def test_each_qubit_and_pair_has_a_line(snapshot: DeviceSnapshot) -> None:
    lines = write_snapshot(snapshot).splitlines()
    assert sum('"labels": [2, 5]' in line for line in lines) == 1
    assert sum('"label": 5' in line for line in lines) == 1


def test_a_uniform_device_is_written_in_two_lines(snapshot: DeviceSnapshot) -> None:
    qubits = tuple(Qubit(label, Figure(0.9999), Figure(0.9955)) for label in range(36))
    pairs = tuple(Pair(pair, "zz", Figure(0.9925)) for pair in combinations(range(36), 2))
    uniform = sealed(
        dataclasses.replace(snapshot, qubits=qubits, pairs=pairs, fully_connected=True)
    )
    text = write_snapshot(uniform)
    assert len(text) < 1_500
    assert read_snapshot(text, origin="it") == uniform


def test_the_example_in_the_documentation_is_a_snapshot() -> None:
    text = (Path(__file__).parents[3] / "docs" / "device-snapshots.md").read_text(encoding="utf-8")
    example = re.search(r"^    \{\n.*?^    \}\n", text, re.DOTALL | re.MULTILINE)
    assert example is not None
    assert read_snapshot(example.group(), origin="it").n_qubits == 3


def test_a_file_without_its_calibration_id_gets_one(snapshot: DeviceSnapshot) -> None:
    assert read_snapshot(edited(snapshot, calibration_id=...), origin="it") == snapshot


def test_a_changed_file_is_corrupt(snapshot: DeviceSnapshot) -> None:
    text = write_snapshot(snapshot).replace("0.999", "0.998")
    with pytest.raises(BadInput, match=r"trio\.json is corrupt: it states calibration_id"):
        read_snapshot(text, origin="trio.json")


def test_a_newer_format_asks_for_an_update(snapshot: DeviceSnapshot) -> None:
    with pytest.raises(BadInput, match=r"has format 2; this version reads 1\. Update"):
        read_snapshot(edited(snapshot, format=2), origin="it")


@pytest.mark.parametrize(
    "text",
    [
        '{"braketSchemaHeader": {}, "paradigm": {}}',
        '{"deviceCapabilities": "{}"}',
        json.dumps(json.dumps({"paradigm": {}})),
    ],
)
def test_a_raw_capabilities_document_is_sent_to_import(text: str) -> None:
    with pytest.raises(BadInput, match=r"Import it first: qrt devices import raw\.json"):
        read_snapshot(text, origin="raw.json")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[" * 100_000, "nests deeper than 100 levels"),
        ("[]", "it states no format"),
        ("3", "it states no format"),
        ('{"format": "1"}', "not a valid device snapshot: format"),
        ('{"format": true}', "not a valid device snapshot"),
        ('{"format": 1}', "not a valid device snapshot: name: Field required"),
    ],
)
def test_what_is_not_a_snapshot_file_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refusal:
        read_snapshot(text, origin="it.json")
    assert str(refusal.value).startswith("it.json ")
    assert "\n" not in str(refusal.value)


QUBIT = {"label": 1, "one_qubit_fidelity": 0.999, "readout_fidelity": 0.98}
PAIR = {"labels": [1, 2], "gate": "cz", "fidelity": 0.99}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"qubits": [QUBIT | {"readout_fidelity": 1.5}]}, "qubits.0.readout_fidelity.0"),
        ({"qubits": [QUBIT | {"readout_fidelity": float("nan")}]}, "finite number"),
        ({"qubits": [QUBIT | {"readout_fidelity": [0.9, -1]}]}, "qubits.0.readout_fidelity.1"),
        ({"qubits": [QUBIT | {"readout_fidelity": [0.9]}]}, "qubits.0.readout_fidelity"),
        ({"qubits": [QUBIT | {"readout_fidelity": "0.9"}]}, "valid number"),
        ({"qubits": [QUBIT | {"t1_s": 0}]}, "greater than 0"),
        ({"qubits": [QUBIT, QUBIT]}, "lists qubit 1 twice"),
        ({"qubits": [QUBIT | {"label": -1}]}, "qubits.0.label"),
        ({"qubits": [QUBIT | {"label": None}]}, "either label or labels"),
        ({"qubits": [QUBIT | {"colour": "red"}]}, "Extra inputs"),
        ({"qubits": ...}, "qubits: Field required"),
        ({"pairs": [PAIR | {"labels": [1, 99]}]}, "pair 1-99 names qubit 99"),
        ({"pairs": [PAIR | {"labels": [2, 1]}]}, "lower label first"),
        ({"pairs": [PAIR, PAIR]}, "pair 1-2 is listed twice"),
        ({"fully_connected": True}, "says fully_connected but lists 2 pairs for 3 qubits"),
        ({"published_at": "yesterday"}, "published_at"),
        ({"published_at": "2026-05-05T00:00:00"}, "published_at"),
        ({"published_at": "0001-01-01T00:00:00+14:00"}, "exists in UTC"),
        ({"windows": [{"day": "Someday", "start": "00:00", "end": "01:00"}]}, "windows.0.day"),
        ({"windows": [{"day": "Monday", "start": "00:00Z", "end": "01:00"}]}, "no zone"),
        ({"prices": {"usd_per_shot": "-1"}}, "prices.usd_per_shot"),
        ({"prices": {"usd_per_shot": "NaN"}}, "prices.usd_per_shot"),
        ({"prices": {"usd_per_task": "1000000000000"}}, "less than 10000"),
        ({"published_at": "9999-12-31T23:59:59+00:00"}, "a year up to 2100"),
        ({"qubits": [QUBIT | {"one_qubit_fidelity": 0}]}, "greater than 0.5"),
        ({"qubits": [QUBIT | {"readout_fidelity": 0.5}]}, "greater than 0.5"),
        ({"qubits": [QUBIT | {"p1_given_0": 0.5}]}, "less than 0.5"),
        ({"pairs": [PAIR | {"fidelity": 0.25}]}, "greater than 0.25"),
        ({"limits": {"shots_min": 9, "shots_max": 8}}, "shots_min is above shots_max"),
        ({"name": "a\nb"}, "printable"),
        ({"kind": "toaster"}, "kind"),
        ({"native_gates": ["CZ; drop"]}, "native_gates"),
    ],
)
def test_a_file_with_a_wrong_field_is_refused_in_one_line(
    snapshot: DeviceSnapshot, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        read_snapshot(edited(snapshot, calibration_id=..., **changes), origin="it.json")
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("it.json ")
    assert "\n" not in str(refusal.value)
