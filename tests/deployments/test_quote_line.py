"""What is about to be bought is said in one line, never less than it may cost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.money.quotes import Quote
from tasks.core.progress.lines import quote_line
from tasks.core.text.amounts import at_most


@pytest.mark.parametrize(
    ("quote", "line"),
    [
        (
            Quote(3, 25_000, Decimal("0.90"), Decimal("37.15"), 250, Decimal(75)),
            (
                "quoted: 3 tasks, 25,000 shots, at most 37.15 USD on the real device, 0.90 of it "
                "task fees; unpacked 250 tasks, 111.25 USD, 75.00 of it task fees"
            ),
        ),
        (
            Quote(1, 500, Decimal("0.30"), Decimal("1.025"), 1, Decimal("0.30")),
            "quoted: 1 task, 500 shots, at most 1.03 USD on the real device, 0.30 of it task fees",
        ),
        (
            Quote(1, 500, Decimal("0.30"), Decimal("1.025"), again_usd=Decimal("0.30")).retrying(
                3, share=Decimal(0)
            ),
            (
                "quoted: 1 task, 500 shots, at most 1.93 USD on the real device, 0.30 of it task "
                "fees and 0.90 for what does not come back"
            ),
        ),
        (Quote(2, 1000, unpacked_tasks=9), "quoted: 2 tasks, 1,000 shots, at most 0.00 USD"),
    ],
)
def test_a_quote_tells_tasks_shots_and_price_before_and_after_packing(
    quote: Quote, line: str
) -> None:
    assert quote_line(quote) == line


@given(st.decimals(0, 10**6, places=6))
def test_at_most_is_never_too_little_and_by_less_than_a_cent_too_much(usd: Decimal) -> None:
    shown = Decimal(at_most(usd).replace(",", ""))
    assert usd <= shown < usd + Decimal("0.01")
