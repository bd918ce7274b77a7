"""docs/architecture.md names every room that there is, and no other."""

import re

import pytest

from tests.architecture import rooms
from tests.architecture.sizes import ROOT

TEXT = rooms.DOCUMENT.read_text()
PLACES = sorted(
    set(re.findall(r"`((?:flows|blocks|tasks|datasets|deployments|tests)[\w/]*/[\w./]*)`", TEXT))
)


def test_the_diagram_is_that_of_the_imports_today() -> None:
    written = TEXT.partition(rooms.BEGINS)[2].partition(rooms.ENDS)[0].strip()
    assert written == rooms.drawn(), "Run: python -m tests.architecture.rooms"


def test_every_room_says_what_it_is_for() -> None:
    assert len(rooms.rooms()) > 15
    assert [name for name, said in rooms.rooms().items() if not said.endswith(".")] == []


def test_arrows_go_one_way() -> None:
    graph = rooms.arrows()
    assert [name for name in graph if name in rooms.reachable(name, graph)] == []


@pytest.mark.parametrize("place", PLACES)
def test_every_place_that_the_document_names_is_there(place: str) -> None:
    assert (ROOT / place).exists()


def test_what_longer_ways_imply_is_left_out() -> None:
    graph = {"a": {"b", "c"}, "b": {"c"}, "c": set[str]()}
    assert rooms.reduced(graph) == [("a", "b"), ("b", "c")]
