"""A run leaves its device while nothing of it can be there, and never afterwards."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from datasets.records.runs import Run
from tasks.core.identity import canonical
from tasks.errors import BadInput, DeviceOffline, DeviceWithheld, StorageFault
from tasks.run.failover import give_way
from tasks.selection.selection_log import Chosen, add_choice, choices, story
from tests.tasks.execution.fake_target import Place, Target, a_place, a_run, an_execution

OFFLINE = DeviceOffline("GetDevice", "OFFLINE", "Fake is offline")


def begun(place: Place, *, asked: str = "auto:balanced") -> Run:
    run = replace(a_run(), parameters=canonical({"target": asked}).decode())
    place.journal.begin(run)
    chosen = Chosen("fake", "balanced", "fake is the best of 2.")
    add_choice(chosen, pins=place.pins(run.run_id))
    return run


def bought(place: Place, run: Run) -> None:
    execution = an_execution(run=run)
    place.journal.intend(execution, reserve=True)
    place.journal.submitted(execution.execution_id, place.backend(run).submit(execution))


def test_a_run_that_bought_nothing_gives_its_device_up_with_the_reason(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    run = begun(place)
    give_way(run.run_id, OFFLINE, runtime=place)
    (lost,) = choices(place.pins(run.run_id))
    assert lost.lost == "Fake is offline"
    assert story(place.pins(run.run_id)) == (
        "fake is the best of 2. fake was then lost: Fake is offline."
    )


def test_an_intent_that_the_target_does_not_have_holds_nobody_back(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    run = begun(place)
    place.journal.intend(an_execution(run=run), reserve=True)
    give_way(run.run_id, OFFLINE, runtime=place)
    assert choices(place.pins(run.run_id))[0].lost
    assert place.journal.execution(an_execution(run=run).execution_id).abandoned


def test_what_the_target_may_have_and_does_not_list_yet_keeps_the_run_there(tmp_path: Path) -> None:
    place = a_place(tmp_path, fake=Target(lag=timedelta(hours=1)))
    run = begun(place)
    place.journal.intend(an_execution(run=run), reserve=True)
    with pytest.raises(DeviceOffline):
        give_way(run.run_id, OFFLINE, runtime=place)
    assert not choices(place.pins(run.run_id))[0].lost


def test_after_a_purchase_nothing_moves(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    run = begun(place)
    bought(place, run)
    with pytest.raises(DeviceOffline):
        give_way(run.run_id, OFFLINE, runtime=place)
    assert not choices(place.pins(run.run_id))[0].lost
    with pytest.raises(StorageFault, match="has work at its target"):
        place.journal.retarget(run.run_id, "another")
    assert place.journal.run(run.run_id).target == "fake"


def test_a_run_without_work_can_be_sent_elsewhere(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    run = begun(place)
    assert place.journal.retarget(run.run_id, "another").target == "another"
    assert place.journal.run(run.run_id).target == "another"


def test_a_named_device_is_never_left_and_others_are_named(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    run = begun(place, asked="fake")
    with pytest.raises(DeviceOffline, match=r"Fake is offline\. .*emulator:garnet.*--target auto"):
        give_way(run.run_id, OFFLINE, runtime=place)
    withheld = DeviceWithheld("fake", "quarantined", "leaks", "until it is restored")
    with pytest.raises(BadInput, match=r"leaks.*emulator:garnet"):
        give_way(run.run_id, withheld, runtime=place)


def test_a_fault_of_a_run_that_is_not_known_passes(tmp_path: Path) -> None:
    with pytest.raises(DeviceOffline):
        give_way("f" * 32, OFFLINE, runtime=a_place(tmp_path))
