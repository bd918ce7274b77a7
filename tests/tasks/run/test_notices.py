"""Who is told of what, and how often."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from datasets.home import Home
from tasks.run.notification_log import keep_notice, notices

FAILED = {"name": "vqe", "state": "Failed", "flow_run_id": "f1", "attempt": "1"}


def kept(folder: Path, *told: dict[str, str]) -> list[bool]:
    home = Home(folder)
    home.logs.mkdir(exist_ok=True)
    return [keep_notice(each, home=home) for each in told]


def lines(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in notices(Home(folder)).read_text().splitlines()]


def test_an_ending_of_a_flow_run_is_told_of_once_however_often_and_when_it_is_asked(
    tmp_path: Path,
) -> None:
    assert kept(tmp_path, {**FAILED, "at": "1"}, {**FAILED, "at": "2"}) == [True, False]
    assert [each["at"] for each in lines(tmp_path)] == ["1"]


def test_askers_at_the_same_moment_are_told_once(tmp_path: Path) -> None:
    kept(tmp_path)
    with ThreadPoolExecutor(8) as askers:
        found = list(askers.map(lambda _: kept(tmp_path, FAILED)[0], range(40)))
    assert sum(found) == 1
    assert len(lines(tmp_path)) == 1


def test_another_state_another_run_and_another_attempt_are_told_of(tmp_path: Path) -> None:
    others = ({"state": "Crashed"}, {"flow_run_id": "f2"}, {"attempt": "2"})
    assert all(kept(tmp_path, FAILED, *({**FAILED, **other} for other in others)))


def test_what_people_tell_by_hand_is_of_no_flow_run_and_always_told(tmp_path: Path) -> None:
    by_hand = {"name": "look here", "state": "Failed", "flow_run_id": ""}
    assert all(kept(tmp_path, by_hand, by_hand))


def test_a_line_that_was_cut_off_hinders_nobody(tmp_path: Path) -> None:
    kept(tmp_path)
    notices(Home(tmp_path)).write_text('{"name": "v\n')
    assert kept(tmp_path, FAILED, FAILED) == [True, False]
