"""Which runs go on by themselves, and with what."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from datasets.journal.claims import claims_at
from datasets.records.runs import Run, RunState
from tasks.core.identity import canonical
from tasks.errors import BadInput, UnknownName
from tasks.run.resumption import MAX_RESUMES, Resumable, check_same, resumable
from tests.tasks.execution.fake_target import Place, a_place, a_run

RUN = a_run()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = a_place(tmp_path)
    yield made
    made.journal.close()


def found(place: Place, *, resumed: int = 0, asked: dict[str, str] | None = None) -> Resumable:
    return resumable(RUN.run_id, asked=asked, resumed=resumed, runtime=place)


def test_a_run_goes_on_with_what_the_journal_has_of_it(place: Place) -> None:
    place.journal.begin(RUN)
    resumed = found(place, asked={"parameters": "others"})
    assert resumed.reason == ""
    assert resumed.parameters == {"parameters": RUN.asked, "run_id": RUN.run_id}
    assert RUN.run_id in resumed.tag


def test_a_flow_run_that_never_opened_its_run_starts_anew_under_the_same_id(place: Place) -> None:
    resumed = found(place, asked={"parameters": "as asked"})
    assert resumed.reason == ""
    assert resumed.parameters == {"parameters": "as asked", "run_id": RUN.run_id}


def test_a_flow_run_with_a_parameter_that_its_flow_does_not_have_is_left_alone(
    place: Place,
) -> None:
    assert "'extra'" in found(place, asked={"parameters": "as asked", "extra": "1"}).reason


def test_what_nobody_knows_is_refused(place: Place) -> None:
    with pytest.raises(UnknownName):
        found(place)


@pytest.mark.parametrize("state", [RunState.COMPLETED, RunState.CANCELLED])
def test_a_run_that_is_over_is_left_alone(place: Place, state: RunState) -> None:
    place.journal.begin(RUN)
    place.journal.end(RUN.run_id, state)
    assert str(state) in found(place).reason


def test_a_run_that_was_to_be_cancelled_is_left_alone(place: Place) -> None:
    place.journal.begin(RUN)
    place.journal.request_cancel(RUN.run_id)
    assert "cancelled" in found(place).reason


def test_a_run_that_a_process_works_on_is_left_alone(place: Place) -> None:
    place.journal.begin(RUN)
    held = claims_at(place.home.journal, folder=place.home.claims).take(RUN.run_id)
    assert held is not None
    assert "works on it" in found(place).reason
    held.release()
    assert found(place).reason == ""


def test_a_run_that_dies_each_time_is_not_resumed_for_ever(place: Place) -> None:
    place.journal.begin(RUN)
    assert found(place, resumed=MAX_RESUMES - 1).reason == ""
    assert "look at its logs" in found(place, resumed=MAX_RESUMES).reason


def asking(**parameters: object) -> Run:
    return replace(RUN, parameters=canonical({**RUN.asked, **parameters}).decode())


def test_a_run_goes_on_as_what_it_was_begun_as(place: Place) -> None:
    check_same(RUN, runtime=place)
    place.journal.begin(asking(graph="ring:8", mix_calibrations=False, retries=3))
    check_same(asking(graph="ring:8", mix_calibrations=True, retries=0), runtime=place)
    with pytest.raises(
        BadInput, match=r"was begun with graph 'ring:8', .* `qrt resume`"
    ) as refused:
        check_same(asking(graph="ring:6"), runtime=place)
    assert "\n" not in str(refused.value)


def test_a_run_does_not_go_on_as_one_of_another_flow(place: Place) -> None:
    place.journal.begin(RUN)
    with pytest.raises(BadInput, match=f"was begun as {RUN.flow}"):
        check_same(replace(RUN, flow="another"), runtime=place)


def test_a_run_of_an_earlier_release_goes_on_with_parameters_that_it_had_not(place: Place) -> None:
    place.journal.begin(RUN)
    check_same(asking(since_then="new"), runtime=place)
