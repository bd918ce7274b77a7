"""What is said of a device, in which words, and until when."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from datasets.records.states import Authority, DeviceState
from tasks.core.drift.alarms import findings
from tasks.core.drift.evidence import badness
from tasks.core.drift.verdict import aged, drifted, sentence
from tasks.core.selection.calibration_age import SKEW
from tests.tasks.core.drift.histories import days, of, quiet

LIMIT = timedelta(days=7)
NOW = days(60)[-1]
STEP = np.append(quiet(40), np.full(6, -2.0))


def test_a_device_within_its_history_is_healthy_and_says_on_what_evidence() -> None:
    found = findings([of(quiet(40)), of(quiet(40, seed=2), element="4-5")])
    said = drifted("emulator:garnet", found, now=NOW, limit=LIMIT)
    assert (said.state, said.authority) == (DeviceState.HEALTHY, Authority.DRIFT)
    assert said.reason == "2 figures are within their history"


def test_a_young_history_judges_nothing() -> None:
    said = drifted("a", findings([of(STEP[-10:])]), now=NOW, limit=LIMIT)
    assert said.state is DeviceState.HEALTHY
    assert said.reason == "calibrations known: 10; a figure is judged from 16 on"


def test_one_figure_that_changed_degrades_the_device_until_the_next_look_is_overdue() -> None:
    quiet_ones = [of(quiet(40, seed=seed), element=f"q{seed}") for seed in range(9)]
    said = drifted("a", findings([of(STEP), *quiet_ones]), now=NOW, limit=LIMIT)
    assert said.state is DeviceState.DEGRADED
    assert said.reason.startswith("3-8 cz error: 0.")
    assert said.until == NOW + LIMIT


def test_a_quarter_of_all_figures_quarantines_it() -> None:
    every = [of(STEP if i < 4 else quiet(46, seed=i), element=f"q{i}") for i in range(12)]
    said = drifted("a", findings(every), now=NOW, limit=LIMIT)
    assert said.state is DeviceState.QUARANTINED
    assert said.reason.startswith("4 of 12 figures: ")
    assert said.reason.endswith("; and 1 more")


def test_an_alarm_is_told_in_the_figures_that_people_know() -> None:
    found = replace(
        findings([of(STEP)])[0],
        level=badness("cz_fidelity", 0.991),
        now=badness("cz_fidelity", 0.959),
        step=7.2,
        since=days(3)[2],
    )
    assert sentence(found) == "3-8 cz error: 0.9 % to 4.1 % since 2026-05-03, 7.2 robust sigmas"


def test_an_old_calibration_degrades_and_so_does_one_of_the_future() -> None:
    fresh = aged("a", published_at=NOW - LIMIT, now=NOW, limit=LIMIT)
    assert (fresh.state, fresh.authority) == (DeviceState.HEALTHY, Authority.FRESHNESS)
    old = aged("a", published_at=NOW - 2 * LIMIT, now=NOW, limit=LIMIT)
    assert old.reason == "the newest calibration is 14.0 days old, the limit is 7"
    wrong = aged("a", published_at=NOW + LIMIT, now=NOW, limit=LIMIT)
    assert wrong.state is DeviceState.DEGRADED
    assert wrong.reason.endswith("after now")


def test_a_calibration_is_of_the_future_beyond_what_two_good_clocks_differ_by() -> None:
    states = [
        aged("a", published_at=NOW + ahead, now=NOW, limit=LIMIT).state
        for ahead in (SKEW, SKEW + timedelta(seconds=1))
    ]
    assert states == [DeviceState.HEALTHY, DeviceState.DEGRADED]
