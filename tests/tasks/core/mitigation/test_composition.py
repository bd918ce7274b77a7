"""Mitigations are named, combined and compared as users ask for them."""

import pytest

from tasks.core.mitigation.composition import Mitigation
from tasks.errors import BadInput, UnknownName


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("none", "none"),
        ("readout", "readout"),
        ("zne", "zne"),
        ("zne,readout", "readout,zne"),
        (" READOUT , zne ", "readout,zne"),
    ],
)
def test_the_order_and_case_of_names_do_not_matter(text: str, name: str) -> None:
    assert Mitigation.parse(text).name == name


@pytest.mark.parametrize("text", ["", "pec", "readout,", "none,zne", "readout;zne", "réadout"])
def test_unknown_names_are_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(UnknownName, match="Choose one of: none, readout, zne, readout,zne"):
        Mitigation.parse(text)


@pytest.mark.parametrize("text", ["zne,zne", "readout, ZNE ,zne"])
def test_a_repeated_name_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        Mitigation.parse(text)
    assert (
        str(refusal.value) == "Mitigation zne is applied once; got it 2 times. Name zne only once."
    )


def test_the_parts_are_the_whole_each_alone_and_none() -> None:
    assert [m.name for m in Mitigation.parse("readout,zne").parts] == [
        "readout,zne",
        "readout",
        "zne",
        "none",
    ]
    assert [m.name for m in Mitigation.parse("none").parts] == ["none"]


def test_a_loop_uses_what_needs_no_further_executables() -> None:
    assert Mitigation.parse("readout,zne").in_loop.name == "readout"
    assert Mitigation.parse("zne").in_loop.name == "none"
