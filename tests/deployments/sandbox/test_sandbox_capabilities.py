"""Every device's capabilities document says what its snapshot says."""

import json

import pytest

from datasets.devices import catalogue
from datasets.devices.capabilities import import_capabilities
from datasets.records.devices import DeviceKind
from deployments.sandbox.capabilities import document

DEVICES = [name for name in catalogue.names() if catalogue.resolve(name).arn]


@pytest.mark.parametrize("name", DEVICES)
def test_reading_the_document_back_gives_the_same_calibration(name: str) -> None:
    snapshot = catalogue.resolve(name)
    answer = {
        "deviceName": snapshot.name,
        "deviceArn": snapshot.arn,
        "deviceCapabilities": json.dumps(document(snapshot)),
    }
    found = import_capabilities(json.dumps(answer))
    assert found.calibration_id == snapshot.calibration_id


def test_only_devices_with_program_sets_offer_them_with_their_limits() -> None:
    key = "braket.ir.openqasm.program_set"
    garnet = document(catalogue.resolve("emulator:garnet"))["action"][key]
    assert (garnet["maximumExecutables"], garnet["maximumTotalShots"]) == (100, 200_000)
    assert key not in document(catalogue.resolve("emulator:forte-enterprise"))["action"]
    assert key not in document(catalogue.resolve("emulator:sv1"))["action"]


@pytest.mark.slow
@pytest.mark.parametrize("name", DEVICES)
def test_brakets_own_schemas_and_emulator_take_the_document(name: str) -> None:
    from braket.emulation.local_emulator import LocalEmulator
    from braket.schema_common import BraketSchemaBase

    snapshot = catalogue.resolve(name)
    parsed = BraketSchemaBase.parse_raw_schema(json.dumps(document(snapshot)))
    assert parsed.paradigm.qubitCount >= snapshot.n_qubits
    if snapshot.kind is DeviceKind.QPU:
        assert LocalEmulator.from_device_properties(parsed)
