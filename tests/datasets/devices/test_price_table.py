"""The price table says since when and on whose word; a day has one."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices import register

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(st.lists(DAYS, min_size=1, max_size=6, unique=True), DAYS)
def test_the_last_table_before_a_day_holds_on_it(starts: list[date], day: date) -> None:
    tables = [{"as_of": start.isoformat()} for start in starts]
    held = date.fromisoformat(register.in_force(tables, on=day)["as_of"])
    assert held == max((start for start in starts if start <= day), default=min(starts))


def test_every_table_states_its_date_and_source() -> None:
    table = register.price_table()
    assert date.fromisoformat(table["as_of"]) <= date(2026, 11, 22)
    assert "aws.amazon.com/braket/pricing" in table["source"]
    assert table["as_of"] in register.where_prices_go()


@pytest.mark.parametrize("days", [0, 3650])
def test_a_price_is_that_of_its_day(days: int) -> None:
    on = date(2026, 11, 22) + timedelta(days=days)
    prices = register.table_prices("forte", on=on)
    assert prices is not None
    assert (prices.usd_per_task, prices.usd_per_shot) == (Decimal("0.30"), Decimal("0.08"))
