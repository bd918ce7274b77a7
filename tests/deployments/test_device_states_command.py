"""`qrt devices quarantine` and its kin: what operators decide is obeyed, shown and audited."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.cli.device_states import moment
from deployments.cli.main import run
from tasks.errors import BadInput

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ARN = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QRT_HOME", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "ada")
    return tmp_path


def done(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(list(arguments)) == 0
    return capsys.readouterr().out


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return json.loads(done(capsys, *arguments, "--json"))


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


def test_work_for_a_quarantined_device_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    done(
        capsys, "devices", "quarantine", "garnet", "--reason", "the fridge warms up",
        "--until", "2100-01-02",
    )  # fmt: skip
    for flow in (
        ["vqe"],
        ["sweep", "--circuit", str(circuit(home)), "--target", "emulator:garnet"],
    ):
        said = refused(capsys, *flow)
        assert "emulator:garnet is quarantined, until 2100-01-02 00:00 UTC" in said
        assert "the fridge warms up" in said
    assert not list((home / "lake").rglob("*.parquet"))
    assert answer(capsys, "runs") == []


def circuit(folder: Path) -> Path:
    path = folder / "bell.qasm"
    path.write_text("OPENQASM 3.0;\nqubit[2] q;\nh q[0];\ncnot q[0], q[1];\n")
    return path


def test_maintenance_refuses_too_and_restoring_ends_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = answer(capsys, "devices", "maintenance", ARN, "--reason", "new\n  cables")
    assert (found["target"], found["state"]) == (f"braket:{ARN}", "maintenance")
    assert (found["reason"], found["set_by"], found["until"]) == (
        "new cables",
        "operator:ada",
        None,
    )
    said = done(capsys, "devices", "restore", ARN, "--reason", "they are in")
    assert said == f"braket:{ARN} is healthy again; it was maintenance.\n"
    assert "healthy already" in done(capsys, "devices", "restore", ARN, "--reason", "again")


def test_the_audit_says_who_decided_what_newest_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Nothing was decided yet" in done(capsys, "devices", "audit")
    done(capsys, "devices", "degrade", "garnet", "--reason", "one pair is off", "--until", "12h")
    done(capsys, "devices", "quarantine", "forte-enterprise", "--reason", "it is cold")
    entries = answer(capsys, "devices", "audit")
    assert [entry["action"] for entry in entries] == ["device.quarantined", "device.degraded"]
    assert {entry["actor"] for entry in entries} == {"operator:ada"}
    (one,) = answer(capsys, "devices", "audit", "garnet")
    assert one["detail"]["reason"] == "one pair is off"
    assert "emulator:garnet degraded until" in done(capsys, "devices", "audit")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("quarantine", "willow", "--reason", "x"), "emulator:garnet"),
        (("quarantine", "braket:garnet", "--reason", "x"), "Write braket:ARN"),
        (("quarantine", "garnet"), "--reason"),
        (("quarantine", "garnet", "--reason", "  "), "--reason is one line"),
        (("quarantine", "garnet", "--reason", "x" * 301), "--reason is one line"),
        (("quarantine", "garnet", "--reason", "x", "--until", "soon"), "'soon' is no time"),
        (("quarantine", "garnet", "--reason", "x", "--until", "2020-01-01"), "is past"),
        (("quarantine", "garnet", "--reason", "x", "--until", "0h"), "is no time"),
    ],
)
def test_bad_orders_are_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert said in refused(capsys, "devices", *arguments)


@given(st.integers(1, 9999), st.sampled_from("mhd"))
def test_an_end_may_be_given_as_a_span_from_now(number: int, unit: str) -> None:
    each = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[unit]
    found = moment(f"{number}{unit}", now=NOW)
    assert abs(found - (NOW + number * each)) < timedelta(milliseconds=1)


def test_an_end_without_a_zone_is_in_utc() -> None:
    assert moment("2026-12-01", now=NOW) == datetime(2026, 12, 1, tzinfo=UTC)
    assert moment("2026-12-01T18:00+02:00", now=NOW) == datetime(2026, 12, 1, 16, tzinfo=UTC)
    with pytest.raises(BadInput, match="is past"):
        moment("2026-11-22", now=NOW)


@pytest.mark.parametrize("age", ["12h", "90m"])
def test_an_older_calibration_than_accepted_is_refused_in_one_line(
    capsys: pytest.CaptureFixture[str], age: str
) -> None:
    said = refused(capsys, "vqe", "--max-calibration-age", age)
    assert "The calibration of emulator:garnet is" in said
    assert "are accepted" in said


def test_an_age_that_is_no_span_of_time_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Write 90m, 12h or 2d" in refused(capsys, "vqe", "--max-calibration-age", "fresh")
