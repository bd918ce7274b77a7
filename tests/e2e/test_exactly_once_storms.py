"""Whatever goes wrong at the provider, a run is bought once, and says why it could not go on."""

import os

import pytest

from tests.e2e.books import NOTHING
from tests.e2e.conftest import Command, Ran
from tests.e2e.rehearsal import Rehearsal, beside_each_other, rehearsal
from tests.e2e.storms import Storm, name_of, storms

pytestmark = [pytest.mark.e2e, pytest.mark.long]

PARTS = 10
MIX = "--mix-calibrations"
ALL, SAMPLE = storms(), int(os.environ.get("QRT_STORMS", "60"))


def weather(storm: Storm, qrt: Command) -> str:
    """Run in a storm, lift it, go on; return how it went, after all checks."""
    with rehearsal(qrt) as place:
        place.sandbox.strike(*(fault.settings for fault in storm))
        first = place.go_on()
        found = place.sandbox.ask("faults")["faults"]
        struck = [fault for fault, met in zip(storm, found, strict=True) if met["struck"]]
        place.sandbox.strike()
        check(first, storm, place)
        if first.code == 0:
            return "completed"
        again = place.go_on()
        check(again, struck, place)
        if MIX in again.err:  # the device was recalibrated before the rest could be bought
            again = place.start(*place.next, MIX).ended()
            check(again, struck, place)
        if all(fault.mends for fault in struck):
            assert again.code == 0, again.err
            return "completed by resume"
        return "failed for good" if again.code else "completed by resume"


def check(ran: Ran, storm: Storm, place: Rehearsal) -> None:
    """Fail unless the run is done, or failed for one of these reasons; the books agree anyhow.

    Of a run that stopped in the storm, what was paid for lands when journal and targets meet again.
    """
    if ran.code:
        assert place.start("reconcile").ended().code == 0
        assert ran.code == 1, ran.err
        assert any(fault.said in ran.line for fault in storm if fault.said), ran.err
    else:
        assert place.sandbox.tasks()
    assert place.books.figures() == NOTHING


@pytest.mark.parametrize("part", range(PARTS))
def test_in_every_storm_a_run_is_done_or_says_why_not(part: int, homeless: Command) -> None:
    def look(number: int) -> str:
        try:
            return weather(ALL[number], homeless)
        except AssertionError as error:
            return f"{name_of(ALL[number])}: {error}"

    mine = range(part, min(SAMPLE, len(ALL)), PARTS)
    found = beside_each_other(look, mine)
    for number, outcome in zip(mine, found, strict=True):
        print(f"{name_of(ALL[number])}: {outcome}")  # noqa: T201 - the table of `make proof`
    outcomes = {"completed", "completed by resume", "failed for good"}
    assert [outcome for outcome in found if outcome not in outcomes] == []


def test_what_landed_in_part_when_its_run_stopped_is_completed_by_resume(
    homeless: Command,
) -> None:
    (storm,) = (each for each in ALL if name_of(each) == "expired and partial")
    assert weather(storm, homeless) == "completed by resume"
