"""Killed between any two steps of the journal or the network, a run is bought once and complete."""

from zlib import crc32

import pytest

from tests.e2e.conftest import Command
from tests.e2e.killed import NEVER, heard
from tests.e2e.rehearsal import KILLED, beside_each_other, check_whole, rehearsal
from tests.e2e.sampled import sampled

pytestmark = pytest.mark.e2e

Point = tuple[str, int]
PARTS = 24
STEPS = {
    "chunk.landed",
    "execution.bought",
    "execution.collected",
    "execution.intended",
    "execution.submitted",
    "file.landed",
    "iteration.completed",
    "journal.written",
    "provider.answered",
    "provider.asked",
    "run.closed",
    "run.ended",
    "run.opened",
}
ATTEMPTS = 3  # a look at a task may find it done, and the next look is then not there to die at


@pytest.fixture(scope="session")
def points(homeless: Command) -> list[Point]:
    """Return every event of an undisturbed run: its name, and the how manieth of that name."""
    with rehearsal(homeless) as place:
        ran = place.go_on(main=KILLED, before=(*NEVER, str(place.log)))
        check_whole(ran, place, where="undisturbed")
        names = [name for name, _ in heard(place.log)]
    found = [(name, names[: at + 1].count(name)) for at, name in enumerate(names)]
    assert {name.partition(":")[0] for name in names} >= STEPS
    return found


@pytest.mark.parametrize("part", sampled(range(PARTS), always={0}))
def test_killed_at_each_event_a_run_is_completed_by_one_resume(
    part: int, points: list[Point], homeless: Command
) -> None:
    def check(point: Point) -> bool:
        for _ in range(ATTEMPTS):
            with rehearsal(homeless) as place:
                reached = place.killed_at(*point).code == -9
                check_whole(place.go_on(), place, where=point)
                if reached:
                    return True
        return False

    mine = [point for point in points if crc32(repr(point).encode()) % PARTS == part]
    reached = beside_each_other(check, mine)
    assert [point for point, hit in zip(mine, reached, strict=True) if not hit] == []
