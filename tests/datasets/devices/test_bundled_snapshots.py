"""The bundled snapshots hold what was published, and never change unnoticed."""

import json
from pathlib import Path
from typing import Any

import pytest

from datasets.devices import catalogue
from datasets.devices.capabilities import import_capabilities
from datasets.devices.document import write_snapshot
from datasets.records.devices import DeviceKind, DeviceSnapshot, Figure, Prices

BUNDLED = Path(catalogue.__file__).parent
CALIBRATION_IDS = {  # the first 40 of 64 digits
    "cepheus@2026-05-05": "20b7cfba8fd12c933d4f4e0548addef88a98d0a4",
    "dm1@2026-11-22": "434285b925452740625d378e146332a27dc95325",
    "emerald@2025-11-06": "ba2b4539d55ed3c7ff0aab61653ffc981ddf91d8",
    "forte-enterprise@2026-05-03": "4f29288a079e864a9a91029803f299d189aac70f",
    "garnet@2025-07-06": "3b1f781c5b77e1e3cdd95babe1537d242976b16f",
    "garnet@2026-05-05": "2f96cb3ba99c8b262109646de6a6115d16ef52c8",
    "local-dm@2026-11-22": "4d774d4dfd1db597dfc387bae00b987cd65fef6f",
    "local-sv@2026-11-22": "1b9285af5e56c9072d575f98a02e0b0245cd96fa",
    "sv1@2022-06-22": "10fccb0a338059e94295392d72884deb85c124c3",
}
RAW = {
    "garnet@2025-07-06": "garnet_device_properties_20250706.json",
    "garnet@2026-05-05": "iqm_garnet_device_capabilities.json",
    "emerald@2025-11-06": "emerald_properties_251106.json",
    "cepheus@2026-05-05": "rigetti_device_capabilities.json",
    "forte-enterprise@2026-05-03": "ionq_forte_enterprise_device_capabilities.json",
    "sv1@2022-06-22": "1_pennylane_capabilities.json",
}
LISTED = [stem for stem in RAW if stem.split("@")[0] in {"garnet", "emerald", "cepheus"}]
ONE_QUBIT = ("RANDOMIZED_BENCHMARKING", "SIMULTANEOUS_RANDOMIZED_BENCHMARKING")


def bundled(stem: str) -> DeviceSnapshot:
    return catalogue.resolve(f"emulator:{stem}")


def published(shared_data: Path, stem: str) -> dict[str, Any]:
    content: Any = (shared_data / "devices" / RAW[stem]).read_text()
    while isinstance(content, str):
        content = json.loads(content)
    document: dict[str, Any] = content
    return document


def figure(entry: dict[str, Any] | None, key: str = "fidelity") -> Figure | None:
    return None if entry is None else Figure(entry[key], entry.get("standardError"))


def named(entries: list[dict[str, Any]], *names: str) -> dict[str, Any] | None:
    by_name = {entry["fidelityType"]["name"]: entry for entry in entries}
    return next((by_name[name] for name in names if name in by_name), None)


def test_the_calibration_ids_of_bundled_files_never_change() -> None:
    stems = sorted(path.stem for path in BUNDLED.glob("*@*.json"))
    texts = {stem: (BUNDLED / f"{stem}.json").read_text() for stem in stems}
    found = {stem: json.loads(text)["calibration_id"][:40] for stem, text in texts.items()}
    assert found == CALIBRATION_IDS


@pytest.mark.parametrize("name", catalogue.names())
def test_a_bundled_file_is_written_as_the_writer_writes_it(name: str) -> None:
    snapshot = catalogue.resolve(name)
    short = name.replace("local:", "local-").removeprefix("emulator:").split("@")[0]
    path = BUNDLED / f"{short}@{snapshot.published_at.date()}.json"
    assert path.read_text(encoding="utf-8") == write_snapshot(snapshot)


@pytest.mark.parametrize("name", catalogue.names())
def test_a_bundled_snapshot_says_where_its_figures_are_from(name: str) -> None:
    assert len(catalogue.resolve(name).source) > len("source")


@pytest.mark.parametrize("stem", RAW)
def test_importing_the_published_document_gives_the_bundled_snapshot(
    shared_data: Path, stem: str
) -> None:
    text = (shared_data / "devices" / RAW[stem]).read_text()
    assert import_capabilities(text, source=bundled(stem).source) == bundled(stem)


@pytest.mark.parametrize("stem", LISTED)
def test_every_qubit_has_the_published_figures(shared_data: Path, stem: str) -> None:
    properties = published(shared_data, stem)["standardized"]["oneQubitProperties"]
    for qubit in bundled(stem).qubits:
        own = properties[str(qubit.label)]
        entries = own["oneQubitFidelity"]
        assert qubit.one_qubit_fidelity == figure(named(entries, *ONE_QUBIT))
        assert qubit.readout_fidelity == figure(named(entries, "READOUT"))
        assert qubit.p1_given_0 == figure(named(entries, "READOUT_ERROR_0_TO_1"))
        assert qubit.p0_given_1 == figure(named(entries, "READOUT_ERROR_1_TO_0"))
        assert qubit.t1_s == figure(own["T1"], "value")
        assert qubit.t2_s in {figure(own["T2"], "value"), None}


@pytest.mark.parametrize("stem", LISTED)
def test_every_pair_has_the_published_figure(shared_data: Path, stem: str) -> None:
    properties = published(shared_data, stem)["standardized"]["twoQubitProperties"]
    for pair in bundled(stem).pairs:
        entries = properties[f"{pair.labels[0]}-{pair.labels[1]}"]["twoQubitGateFidelity"]
        native = [entry for entry in entries if entry["gateName"] == "CZ"]
        assert [pair.fidelity] == [figure(entry) for entry in native]


@pytest.mark.parametrize("stem", LISTED)
def test_what_is_not_kept_is_recorded_with_its_value(shared_data: Path, stem: str) -> None:
    standardized = published(shared_data, stem)["standardized"]
    snapshot = bundled(stem)
    kept = {f"q{qubit.label}" for qubit in snapshot.qubits}
    kept |= {f"{pair.labels[0]}-{pair.labels[1]}" for pair in snapshot.pairs}
    listed = {f"q{label}" for label in standardized["oneQubitProperties"]}
    listed |= set(standardized["twoQubitProperties"])
    dropped = {entry.element for entry in snapshot.dropped if entry.value is not None}
    assert listed - kept == dropped - kept


def test_the_trapped_ion_device_has_its_means_everywhere(shared_data: Path) -> None:
    document = published(shared_data, "forte-enterprise@2026-05-03")
    means = document["provider"]["fidelity"]
    snapshot = bundled("forte-enterprise")
    assert len(snapshot.pairs) == 36 * 35 // 2
    assert {pair.fidelity.value for pair in snapshot.pairs} == {means["2Q"]["mean"]}
    assert {q.one_qubit_fidelity for q in snapshot.qubits} == {Figure(means["1Q"]["mean"])}
    assert {q.readout_fidelity for q in snapshot.qubits} == {Figure(means["spam"]["mean"])}


@pytest.mark.parametrize("stem", RAW)
def test_prices_limits_and_windows_are_the_published_ones(shared_data: Path, stem: str) -> None:
    service = published(shared_data, stem)["service"]
    snapshot = bundled(stem)
    cost = service["deviceCost"]
    per = {"shot": snapshot.prices.usd_per_shot, "minute": snapshot.prices.usd_per_minute}
    assert float(per[cost["unit"]]) == cost["price"]
    assert [snapshot.limits.shots_min, snapshot.limits.shots_max] == service["shotsRange"]
    windows = [(w.day, w.start.isoformat(), w.end.isoformat()) for w in snapshot.windows]
    assert windows == [tuple(window.values()) for window in service["executionWindows"]]


def test_uncalibrated_elements_of_cepheus_are_not_used() -> None:
    snapshot = bundled("cepheus")
    sentinels = [entry for entry in snapshot.dropped if entry.value == 0.5]
    assert sum(entry.metric == "cz_fidelity" for entry in sentinels) == 25
    assert {q.label for q in snapshot.qubits}.isdisjoint({8, 37, 41, 45, 69})
    assert min(pair.fidelity.value for pair in snapshot.pairs) > 0.86


def test_local_targets_are_ideal_and_free() -> None:
    for name, n_qubits in (("local:sv", 25), ("local:dm", 12)):
        snapshot = catalogue.resolve(name)
        assert (snapshot.kind, snapshot.n_qubits) == (DeviceKind.SIMULATOR, n_qubits)
        assert snapshot.native_gates == ("cz", "rx", "rz")
        assert snapshot.prices == Prices()
        assert {pair.fidelity for pair in snapshot.pairs} == {Figure(1.0)}
