"""Whether work may go to a device: what is said of it decides, and a resumed run hears the same."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices import catalogue
from datasets.records.executions import RunId
from datasets.records.runs import Run, named
from datasets.records.states import DeviceState, Standing
from tasks.context.pinned_inputs import pinned_warning
from tasks.devices.standing import admit, check_age, named_target, warning
from tasks.errors import BadInput, CalibrationStale, DeviceWithheld
from tasks.requests.run import RunRequest
from tests.tasks.execution.fake_target import a_journal, a_place

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GARNET = "emulator:garnet"
SAID = Standing(GARNET, DeviceState.DEGRADED, "pair 3-4 is off.", None, "operator:ada", NOW)
ARN = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"


def a_run(run_id: str, *, targets: str | list[str] = GARNET) -> Run:
    asked = json.dumps({"target": targets})
    return Run(RunId(run_id), "sweep", "default", named(targets), 1, asked, NOW)


@given(st.sampled_from(list(DeviceState)), st.none() | st.integers(1, 48), st.integers(0, 50))
def test_work_is_refused_exactly_while_the_state_refuses_it(
    state: DeviceState, lasts_h: int | None, later_h: int
) -> None:
    journal, now = a_journal(), NOW + timedelta(hours=later_h)
    until = None if lasts_h is None else NOW + timedelta(hours=lasts_h)
    journal.stand(replace(SAID, state=state, until=until))
    holds = lasts_h is None or later_h < lasts_h
    if state.refuses and holds:
        with pytest.raises(
            DeviceWithheld, match=r"^emulator:garnet is .*: pair 3-4 is off\. Choose"
        ):
            admit(GARNET, journal=journal, now=now)
    else:
        found = admit(GARNET, journal=journal, now=now).state
        assert found is (state if holds else DeviceState.HEALTHY)
    assert admit("local:sv", journal=journal, now=now).state is DeviceState.HEALTHY
    journal.close()


def test_a_degraded_device_is_warned_of_and_a_healthy_one_not() -> None:
    said = "emulator:garnet is degraded (ada), until it is restored: pair 3-4 is off."
    assert warning(SAID) == said
    assert warning(Standing(GARNET)) == ""


def test_a_resumed_run_is_warned_as_it_was_first(tmp_path: Path) -> None:
    place, run, other = a_place(tmp_path), a_run("a" * 32), a_run("b" * 32)
    pins, others = place.pins(run.run_id), place.pins(other.run_id)
    for each in (run, other):
        place.journal.begin(each)
    assert pinned_warning(run, "first", pins=pins) == "first"
    assert pinned_warning(run, "", pins=pins) == "first"
    assert pinned_warning(other, "", pins=others) == ""
    place.journal.close()


def test_an_old_machine_is_refused_and_a_simulator_has_no_age() -> None:
    asked = RunRequest(max_calibration_age_h=12)
    with pytest.raises(CalibrationStale, match=r"^The calibration of emulator:garnet"):
        check_age(asked, catalogue.resolve(GARNET), target=GARNET, now=NOW)
    sv1 = catalogue.resolve("emulator:sv1")
    assert NOW - sv1.published_at > timedelta(hours=12)
    check_age(asked, sv1, target="emulator:sv1", now=NOW)


def test_each_target_of_a_run_has_a_warning_of_its_own(tmp_path: Path) -> None:
    place, run = a_place(tmp_path), a_run("a" * 32, targets=[GARNET, "local:sv"])
    place.journal.begin(run)
    here, there = run.apart
    pins = place.pins(run.run_id)
    assert pinned_warning(here, "first", pins=pins) == "first"
    assert pinned_warning(there, "", pins=pins) == ""
    assert pinned_warning(here, "", pins=pins) == "first"
    place.journal.close()


@pytest.mark.parametrize("name", catalogue.names())
def test_a_target_may_be_named_by_its_short_name(name: str) -> None:
    assert named_target(name) == name
    if name.startswith("emulator:"):
        assert named_target(name.removeprefix("emulator:")) == name


def test_a_device_may_be_named_by_its_arn() -> None:
    assert named_target(ARN) == named_target(f"braket:{ARN}") == f"braket:{ARN}"
    with pytest.raises(BadInput, match="Write braket:ARN"):
        named_target("arn:aws:s3:::bucket")
