"""Whether work may go to a device: what is said of it decides, and a resumed run hears the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices import catalogue
from datasets.layout import Home
from datasets.records.executions import RunId
from datasets.records.states import DeviceState, Standing
from tasks.errors import BadInput, DeviceWithheld
from tasks.lifecycle.admission import admit, target_of, warning
from tasks.lifecycle.inputs import pinned_warning
from tests.tasks.lifecycle.fake_target import a_journal

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GARNET = "emulator:garnet"
SAID = Standing(GARNET, DeviceState.DEGRADED, "pair 3-4 is off.", None, "operator:ada", NOW)
ARN = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"


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
    run_id, home = RunId("a" * 32), Home(tmp_path)
    assert pinned_warning(run_id, "first", home=home) == "first"
    assert pinned_warning(run_id, "", home=home) == "first"
    assert pinned_warning(RunId("b" * 32), "", home=home) == ""


@pytest.mark.parametrize("name", catalogue.names())
def test_a_target_may_be_named_by_its_short_name(name: str) -> None:
    assert target_of(name) == name
    if name.startswith("emulator:"):
        assert target_of(name.removeprefix("emulator:")) == name


def test_a_device_may_be_named_by_its_arn() -> None:
    assert target_of(ARN) == target_of(f"braket:{ARN}") == f"braket:{ARN}"
    with pytest.raises(BadInput, match="Write braket:ARN"):
        target_of("arn:aws:s3:::bucket")
