"""A capabilities document becomes a snapshot with its figures, names and prices."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.devices import register
from datasets.devices.capabilities import import_capabilities
from datasets.records.devices import DeviceKind, Figure, Prices
from tasks.errors import BadInput
from tests.datasets.devices.invented_documents import (
    RB,
    couplers,
    fidelity,
    imported,
    ion_trap,
    labels,
    square,
)


def test_a_clean_document_is_taken_over_whole() -> None:
    snapshot = imported(square())
    assert labels(snapshot) == [0, 1, 2, 3]
    assert couplers(snapshot) == [(0, 1), (0, 3), (1, 2), (2, 3)]
    assert snapshot.dropped == ()
    assert snapshot.native_gates == ("cz", "rx", "rz")
    assert snapshot.vendor == "Rigetti"
    assert snapshot.kind is DeviceKind.QPU
    assert snapshot.published_at == datetime(2026, 5, 5, 21, 32, 3, tzinfo=UTC)
    assert snapshot.qubits[0].t1_s == Figure(3e-5, 1e-6)
    assert (snapshot.limits.shots_min, snapshot.limits.program_set_executables) == (10, 100)
    assert snapshot.windows[0].end < snapshot.windows[0].start


@given(st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_the_order_of_keys_does_not_change_the_snapshot(random: Random) -> None:
    def shuffled(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key]) for key in keys}

    assert imported(shuffled(square())) == imported(square())


@pytest.mark.parametrize("layers", [0, 1, 2])
def test_a_document_inside_strings_is_the_same_document(layers: int) -> None:
    text = json.dumps(square())
    for _ in range(layers):
        text = json.dumps(text)
    assert import_capabilities(text, name="Square") == imported(square())


def test_a_getdevice_answer_brings_its_name_and_arn() -> None:
    answer = {
        "deviceName": "Square-7",
        "deviceArn": "arn:aws:braket:us-west-1::device/qpu/rigetti/Square-7",
        "providerName": "Rigetti",
        "deviceCapabilities": json.dumps(square()),
    }
    snapshot = import_capabilities(json.dumps(answer))
    assert (snapshot.name, snapshot.arn) == ("Square-7", answer["deviceArn"])
    assert snapshot.qubits == imported(square()).qubits


@pytest.mark.parametrize("name", ["garnet", "Garnet", "GARNET"])
def test_a_known_name_brings_its_arn(name: str) -> None:
    document = square()
    document["braketSchemaHeader"]["name"] = "braket.device_schema.iqm.iqm_device_capabilities"
    snapshot = imported(document, name=name)
    assert snapshot.name == "Garnet"
    assert snapshot.arn == "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"


def test_a_name_of_another_vendor_is_refused() -> None:
    with pytest.raises(BadInput, match="Garnet is not of Rigetti"):
        imported(square(), name="garnet")


def test_asymmetric_readout_is_kept() -> None:
    document = square()
    listed = document["standardized"]["oneQubitProperties"]["0"]["oneQubitFidelity"]
    listed += [
        fidelity(0.02, "READOUT_ERROR_0_TO_1"),
        fidelity(0.04, "READOUT_ERROR_1_TO_0"),
    ]
    first = imported(document).qubits[0]
    assert (first.p1_given_0, first.p0_given_1) == (Figure(0.02), Figure(0.04))


def test_figures_of_a_whole_device_hold_for_each_element() -> None:
    snapshot = imported(ion_trap())
    assert snapshot.fully_connected
    assert couplers(snapshot) == [(0, 1), (0, 2), (1, 2)]
    assert {(entry.gate, entry.fidelity) for entry in snapshot.pairs} == {("zz", Figure(0.99))}
    assert {entry.one_qubit_fidelity for entry in snapshot.qubits} == {Figure(0.9998)}
    assert snapshot.qubits[0].t2_s == Figure(900.0 * 1e-3)


def test_the_means_of_ionq_go_before_its_standardized_figures() -> None:
    provider = {
        "fidelity": {"1Q": {"mean": 0.9999}, "2Q": {"mean": 0.97}, "spam": {"mean": 0.993}},
        "timing": {"T1": 1e10, "T2": 500000},
    }
    first = imported(ion_trap(provider=provider))
    assert first.qubits[0].one_qubit_fidelity == Figure(0.9999)
    assert first.qubits[0].readout_fidelity == Figure(0.993)
    assert first.pairs[0].fidelity == Figure(0.97)


def test_an_aqt_document_has_figures_of_each_qubit_and_of_all() -> None:
    document = ion_trap("aqt")
    document["paradigm"]["nativeGateSet"] = ["prx", "xx", "rz"]
    document["standardized"]["oneQubitProperties"] = {
        str(label): {"oneQubitFidelity": [fidelity(0.999 + label / 10_000, RB, 0.0003)]}
        for label in range(3)
    }
    snapshot = imported(document, name="ibex")
    assert snapshot.arn.endswith("aqt/Ibex-Q1")
    assert [entry.one_qubit_fidelity for entry in snapshot.qubits][1] == Figure(0.9991, 0.0003)
    assert {entry.gate for entry in snapshot.pairs} == {"xx"}
    assert {entry.readout_fidelity for entry in snapshot.qubits} == {Figure(0.995)}


def test_the_task_fee_comes_from_the_table_and_the_shot_price_from_the_document() -> None:
    assert imported(square()).prices == Prices(Decimal("0.30"), Decimal("0.000425"))


def test_a_document_without_a_price_takes_the_one_in_the_table() -> None:
    document = square()
    del document["service"]["deviceCost"]
    assert imported(document, name="ankaa-3").prices == Prices(Decimal("0.30"), Decimal("0.0009"))


def test_a_simulator_is_billed_by_the_minute_with_a_minimum() -> None:
    document = square()
    document["braketSchemaHeader"]["name"] = "braket.device_schema.simulators.gate_model"
    document["service"]["deviceCost"] = {"price": 0.075, "unit": "minute"}
    document["action"]["braket.ir.openqasm.program"] = {"supportedOperations": ["h", "cnot"]}
    snapshot = imported(document, name="sv1")
    assert snapshot.prices == Prices(usd_per_minute=Decimal("0.075"), minimum_s=3)
    assert snapshot.kind is DeviceKind.SIMULATOR
    assert {entry.fidelity for entry in snapshot.pairs} == {Figure(1.0)}


def of_size(n_qubits: int, *gates: str, vendor: str = "rigetti", place: str = "") -> dict[str, Any]:
    """Return the document, which does not say its name, of a device with so many qubits."""
    document = square()
    document["braketSchemaHeader"]["name"] = f"braket.device_schema.{vendor}.capabilities"
    document["paradigm"] |= {"qubitCount": n_qubits, "nativeGateSet": ["rx", "rz", *gates]}
    document["service"]["deviceLocation"] = place
    for properties in document["standardized"]["twoQubitProperties"].values():
        for entry in properties["twoQubitGateFidelity"]:
            entry["gateName"] = gates[0].upper()
    return document


@pytest.mark.parametrize(
    ("document", "among"),
    [
        (of_size(80, "cz", "xy"), "Aspen-M-3 or Aspen-M-2 or Aspen-M-1"),
        (of_size(84, "iswap"), "Ankaa-3 or Ankaa-2"),
        (of_size(25, "ms", vendor="ionq", place="Maryland, USA"), "Aria-1 or Aria-2"),
        (of_size(56, "iswap"), "NAME"),
        (of_size(80, "ecr"), "NAME"),
    ],
)
def test_a_document_that_several_devices_fit_is_asked_for_its_name(
    document: dict[str, Any], among: str
) -> None:
    with pytest.raises(BadInput, match=f"Name the device: --name {among}$"):
        import_capabilities(json.dumps(document))


def test_a_retired_device_keeps_its_own_name() -> None:
    snapshot = imported(of_size(80, "cz", "xy"), name="aspen-m-3")
    assert snapshot.name == "Aspen-M-3"
    assert snapshot.arn == "arn:aws:braket:us-west-1::device/qpu/rigetti/Aspen-M-3"
    assert snapshot.arn not in {device.arn for device in register.known()}


def test_a_name_that_the_document_does_not_state_is_told() -> None:
    document = of_size(36, "zz", vendor="ionq", place="Maryland, USA")
    taken = import_capabilities(json.dumps(document))
    assert taken.name == "Forte-1"
    assert "taken for it by vendor, qubits, gates and place; --name" in taken.source
    assert "taken" not in imported(document, name="Forte-1").source


@pytest.mark.parametrize("device", register.known(), ids=lambda device: device.short)
def test_one_calibration_has_one_id_however_it_travels(device: register.KnownDevice) -> None:
    document = square()
    document["braketSchemaHeader"]["name"] = f"braket.device_schema.{device.vendor}.capabilities"
    if device.vendor == "simulators":
        document["action"]["braket.ir.openqasm.program"] = {"supportedOperations": ["cz"]}
    bare = imported(document, name=device.short)
    for spelt in (device.name, device.name.replace("-", " "), device.name.upper(), "Another"):
        answer = {"deviceName": spelt, "deviceArn": device.arn, "deviceCapabilities": document}
        inside = import_capabilities(json.dumps(answer))
        assert (inside.name, inside.calibration_id) == (device.name, bare.calibration_id)
