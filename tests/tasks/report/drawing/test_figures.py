"""Pictures of what was counted: the same text for the same numbers, whatever they are."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.report.drawing.figures import BLUE, GREEN, distribution, histogram

pytestmark = pytest.mark.slow

WHOLE = st.integers(-20, 20).map(float)
VALUES = st.lists(st.tuples(WHOLE | st.floats(-1e9, 1e9), st.integers(1, 10**6)), min_size=1)


@settings(max_examples=10)
@given(VALUES)
def test_a_distribution_draws_whatever_was_seen_and_names_its_marks(
    seen: list[tuple[float, int]],
) -> None:
    values, shots = zip(*seen, strict=True)
    marks = {"a random guess": 0.5, "maximum": max(values)}
    drawn = distribution(values, shots, name="cut", marks=marks)
    assert drawn == distribution(values, shots, name="cut", marks=marks)
    assert drawn.startswith("<svg")
    for word in ("cut", "shots", *marks):
        assert f">{word}</text>" in drawn


def test_values_that_are_far_apart_for_their_gaps_are_put_together() -> None:
    few = distribution([0.0, 1.0, 2.0], [3, 2, 1], name="cut", marks={"maximum": 2.0})
    many = distribution([0.0, 1e-6, 2.0], [3, 2, 1], name="cut", marks={"maximum": 2.0})
    bars = re.compile(r"opacity: 0\.45")
    assert len(bars.findall(few)) == 3
    assert len(bars.findall(many)) == 60


def test_the_outcomes_that_are_marked_have_another_colour() -> None:
    plain = histogram({"01": 5, "10": 3}, title="outcomes")
    marked = histogram({"01": 5, "10": 3}, title="outcomes", marked=["10"])
    assert (plain.count(GREEN), marked.count(GREEN)) == (0, 1)


def bar_widths(drawn: str) -> list[float]:
    bars = re.findall(rf'd="M ([\d.]+) [\d.]+ \nL ([\d.]+) [^"]*"[^>]*fill: {BLUE}', drawn)
    return [float(right) - float(left) for left, right in bars]


@pytest.mark.parametrize("n_outcomes", range(1, 9))
def test_few_outcomes_have_bars_no_wider_than_eight(n_outcomes: int) -> None:
    few, eight = (
        bar_widths(histogram({f"{k:04b}": 1000 + k for k in range(n)}, title="outcomes"))
        for n in (n_outcomes, 8)
    )
    assert (len(few), len(eight)) == (n_outcomes, 8)
    assert max(few) <= max(eight) + 1e-3
