"""`qrt calibrate` over HTTP: every device of an account, only what has changed, faults by name."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datasets.devices import catalogue
from tests.e2e.conftest import Command, Ran
from tests.e2e.sandbox_process import GARNET, Sandbox

pytestmark = [pytest.mark.e2e, pytest.mark.long]

CEPHEUS = "braket:arn:aws:braket:us-west-1::device/qpu/rigetti/Cepheus-1-108Q"
STOOD = (
    "select status, queue_depth from device_snapshots where target = '{}' and status is not null"
)
SWEEP = ("sweep", "--points", "theta=0:pi:3", "--observable", "Z0", "--json")


def seen(ran: Ran) -> dict[str, dict[str, Any]]:
    return {device["target"]: device for device in ran.answer["devices"]}


def changed(ran: Ran) -> set[str]:
    return {target for target, device in seen(ran).items() if device["changed"]}


def test_every_device_of_the_account_is_seen_and_written_once(
    on_garnet: Callable[..., Ran], sandbox: Sandbox
) -> None:
    first = on_garnet("calibrate", "--json")
    assert first.code == 0, first.err
    ours, theirs = set(catalogue.names()), {t for t in seen(first) if t.startswith("braket:")}
    assert seen(first).keys() == ours | theirs == changed(first)
    assert {GARNET, CEPHEUS} < theirs
    assert len(theirs) == 6
    garnet = seen(first)[GARNET]
    assert garnet["calibration_id"] == seen(first)["emulator:garnet"]["calibration_id"]
    assert (garnet["status"], garnet["recalibrated"]) == ("online", True)

    again = on_garnet("calibrate", "--json")
    assert (again.code, changed(again)) == (0, set())

    sandbox.strike({"kind": "offline", "device": "garnet"})
    assert changed(on_garnet("calibrate", "--json")) == {GARNET}
    sandbox.strike({"kind": "recalibrated", "device": "cepheus", "factor": 2.0})
    third = on_garnet("calibrate", "--json")
    assert changed(third) == {GARNET, CEPHEUS}
    assert [t for t, device in seen(third).items() if device["recalibrated"]] == [CEPHEUS]
    stood = on_garnet("query", f"{STOOD.format(GARNET)} order by taken_at", "--json").answer
    assert [row["status"] for row in stood] == ["online", "offline", "online"]
    assert on_garnet("verify").code == 0

    listed = {row["target"]: row for row in on_garnet("devices", "--json").answer}
    assert listed[CEPHEUS]["calibration_id"] == seen(third)[CEPHEUS]["calibration_id"]
    assert listed[CEPHEUS]["window_open"] or listed[CEPHEUS]["window_opens_at"]
    assert "Rigetti Cepheus-1-108Q: 103 qubits" in on_garnet("devices", "show", CEPHEUS).out


def test_a_device_that_does_not_answer_fails_only_itself_by_name(
    on_garnet: Callable[..., Ran], sandbox: Sandbox
) -> None:
    sandbox.strike({"kind": "denied", "operation": "GetDevice", "device": "cepheus"})
    ran = on_garnet("calibrate", "--json")
    assert ran.code == 1
    (missed,) = ran.answer["missed"]
    assert missed["name"] == "Cepheus-1-108Q"
    assert GARNET in seen(ran)
    assert CEPHEUS not in seen(ran)
    assert "Cepheus-1-108Q: not seen: GetDevice" in on_garnet("calibrate").out


def test_no_work_goes_to_a_quarantined_device_and_nothing_is_asked_of_it(
    on_garnet: Callable[..., Ran], sandbox: Sandbox
) -> None:
    on_garnet("devices", "quarantine", GARNET, "--reason", "the fridge warms up")
    ran = on_garnet("vqe", "--target", GARNET, "--json")
    assert ran.code == 2
    assert "the fridge warms up" in ran.line
    assert sandbox.tasks() == []


def test_what_is_measured_on_another_calibration_is_never_averaged_unless_told_to(
    qrt: Command, tmp_path: Path
) -> None:
    circuit, device = tmp_path / "c.qasm", tmp_path / "mine.json"
    circuit.write_text("OPENQASM 3.0;\ninput float theta;\nqubit[2] q;\nry(theta) q[0];\n")
    device.write_text(_garnet())
    asked = (*SWEEP, "--target", f"emulator:{device}", "--circuit", str(circuit))
    first = qrt(*asked, "--shots", "100").answer
    assert (first["measured"], first["calibrations"]) == (3, [first["calibration_id"]])

    drifted = json.loads(device.read_text())
    del drifted["calibration_id"]
    drifted["published_at"] = "2026-05-06T00:00:00+00:00"
    device.write_text(json.dumps(drifted))
    second = qrt(*asked, "--shots", "200")
    assert "1 earlier sweeps are on another calibration" not in second.out
    found = second.answer
    assert found["calibration_id"] != first["calibration_id"]
    assert (found["set_aside"], found["mixed"], found["shots"]) == (1, False, 3 * 200)
    assert found["calibrations"] == [found["calibration_id"]]

    more = qrt(*asked, "--shots", "300").answer
    assert (more["set_aside"], more["shots"]) == (1, 3 * 100)
    mixed = qrt(*asked, "--shots", "400", "--mix-calibrations").answer
    assert (mixed["mixed"], mixed["shots"]) == (True, 3 * 100)
    assert mixed["calibrations"] == sorted([first["calibration_id"], found["calibration_id"]])


def _garnet() -> str:
    from datasets.devices.document import write_snapshot

    return write_snapshot(catalogue.resolve("emulator:garnet"))
