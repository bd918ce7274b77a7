"""By whatever clock, and however it steps, all that was paid for lands, and is bought once."""

import os

import pytest

from tests.e2e.books import NOTHING
from tests.e2e.buying_flows import FLOWS, begin
from tests.e2e.conftest import Command, Ran
from tests.e2e.killed import NEVER, heard
from tests.e2e.rehearsal import KILLED, Rehearsal, beside_each_other, check_whole, rehearsal
from tests.e2e.sampled import sampled
from tests.e2e.shifted import COMPILER

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not COMPILER, reason="there is no C compiler to make a wrong clock with"),
]

SHIFTED = "tests.e2e.shifted:main"
ALL = bool(os.environ.get("QRT_ALL_CLOCKS"))  # as `make proof` has it
DAY_S = 86_400
OFFSETS_S = (-DAY_S, -30, 3, 30, DAY_S)
STEPS_S = (-2, -120, -DAY_S)
SAMPLE = [
    ("vqe", 3),
    ("vqe", -DAY_S),
    ("qaoa", 30),
    ("sweep", DAY_S),
    ("batch", -30),
    ("canary", DAY_S),
]
ALWAYS = {("vqe", 3), ("batch", -30)}
EACH = [(flow, offset_s) for flow in FLOWS for offset_s in OFFSETS_S]
# A sample of where an interrupted run has to tell what it bought from what it did not.
POINTS = [
    ("execution.intended", 1),
    ("execution.bought", 2),
    ("journal.written:submitted", 1),
    ("execution.collected", 1),
    ("chunk.landed", 1),
    ("run.ended", 1),
]


def shifted(place: Rehearsal, *command: str, before: int, after: int = 0, at: str = "") -> Ran:
    """Run a command by a clock that is off, and steps at an event where one is named."""
    event, _, number = at.rpartition(" ") if at else ("", "", "0")
    clock = (event, number, f"{before:+d}", f"{after:+d}")
    return place.start(*clock, *command, main=SHIFTED).ended()


@pytest.mark.parametrize(("flow", "offset_s"), sampled(EACH if ALL else SAMPLE, always=ALWAYS))
def test_by_a_clock_that_is_off_everything_lands(flow: str, offset_s: int, skewed: Command) -> None:
    with rehearsal(skewed) as place:
        ran = shifted(place, *begin(flow, place.folder), before=offset_s)
        assert ran.code == 0, ran.err
        assert place.sandbox.tasks()
        assert place.books.figures() == NOTHING
        if ran.answer.get("wall_s") is not None:
            assert 0 <= ran.answer["wall_s"] < DAY_S / 2
        verified = place.start("verify").ended()
        assert verified.code == 0, verified.out + verified.err


@pytest.mark.long
@pytest.mark.parametrize("step_s", STEPS_S if ALL else STEPS_S[1:2])
def test_when_the_clock_steps_back_at_any_event_everything_lands(
    step_s: int, skewed: Command
) -> None:
    def check(point: tuple[str, int]) -> None:
        event, number = point
        with rehearsal(skewed) as place:
            ran = shifted(place, *place.next, before=0, after=step_s, at=f"{event} {number}")
            check_whole(ran, place, where=point)

    beside_each_other(check, points(skewed) if ALL else POINTS)


@pytest.mark.long
@pytest.mark.parametrize("then_s", OFFSETS_S if ALL else (-DAY_S, DAY_S))
def test_what_was_begun_by_one_clock_is_completed_by_another(then_s: int, skewed: Command) -> None:
    def check(point: tuple[str, int]) -> None:
        with rehearsal(skewed) as place:
            place.killed_at(*point)
            reconciled = shifted(place, "reconcile", "--json", before=then_s)
            assert reconciled.code == 0, reconciled.err
            check_whole(shifted(place, *place.next, before=then_s), place, where=point)

    beside_each_other(check, points(skewed) if ALL else POINTS[:4])


def points(qrt: Command) -> list[tuple[str, int]]:
    """Return every event of an undisturbed run: its name, and the how manieth of that name."""
    with rehearsal(qrt) as place:
        ran = place.go_on(main=KILLED, before=(*NEVER, str(place.log)))
        check_whole(ran, place, where="undisturbed")
        names = [name for name, _ in heard(place.log)]
    return [(name, names[: at + 1].count(name)) for at, name in enumerate(names)]
