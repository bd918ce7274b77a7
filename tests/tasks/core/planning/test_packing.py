"""Packing and prices: no limit broken, order kept, real bills reproduced."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.devices import Limits, Prices
from tasks.core.planning.packing import pack, price
from tasks.errors import BadInput

CEPHEUS = Limits(10, 50_000, program_set_executables=100, program_set_shots=200_000)
CEPHEUS_PRICES = Prices(Decimal("0.30"), Decimal("0.000425"))
FORTE_PRICES = Prices(Decimal("0.30"), Decimal("0.08"))
SV1_PRICES = Prices(usd_per_minute=Decimal("0.075"), minimum_s=3)

shots_of = st.lists(st.sampled_from([10, 1000, 3000, 50_000]), max_size=300)


@given(shots_of)
def test_packing_keeps_the_order_and_loses_nothing(shots: list[int]) -> None:
    chunks = pack(shots, limits=CEPHEUS)
    assert [i for chunk in chunks for i in chunk] == list(range(len(shots)))


@given(shots_of)
def test_every_set_has_equal_shots_within_the_limits_and_could_not_take_the_next(
    shots: list[int],
) -> None:
    chunks = pack(shots, limits=CEPHEUS)
    for chunk in chunks:
        assert len({shots[i] for i in chunk}) == 1
        assert len(chunk) <= 100
        assert sum(shots[i] for i in chunk) <= 200_000
    for one, other in pairwise(chunks):
        full = len(one) == 100 or (len(one) + 1) * shots[one.start] > 200_000
        assert full or shots[one.start] != shots[other.start]


def test_without_program_sets_every_executable_is_a_task() -> None:
    assert pack([5, 5, 7], limits=Limits(1, 100)) == (range(1), range(1, 2), range(2, 3))


def test_250_circuits_cost_three_fees_instead_of_250() -> None:
    sets = pack([1000] * 250, limits=CEPHEUS)
    assert len(sets) == 3
    fee = Prices(usd_per_task=Decimal("0.30"))
    assert price(fee, tasks=len(sets), shots=250_000) == Decimal("0.90")
    assert price(fee, tasks=250, shots=250_000) == Decimal("75.00")


def test_bills_that_were_really_charged_are_reproduced() -> None:
    assert price(FORTE_PRICES, tasks=1, shots=100) == Decimal("8.30")
    cepheus = price(CEPHEUS_PRICES, tasks=5, shots=12_840)
    assert cepheus.quantize(Decimal("0.01")) == Decimal("6.96")
    assert price(SV1_PRICES, tasks=1, shots=1000, task_s=0.252) == Decimal("0.00375")


@given(st.floats(0, 1000), st.integers(1, 5))
def test_minutes_are_billed_at_least_the_minimum_each_and_never_rounded_down(
    task_s: float, tasks: int
) -> None:
    exact = tasks * max(3.0, task_s) * 0.075 / 60
    got = float(price(SV1_PRICES, tasks=tasks, shots=0, task_s=task_s))
    assert exact - 1e-9 <= got <= exact + 1.1e-6


@pytest.mark.parametrize("shots", [9, 50_001])
def test_shots_outside_the_device_range_are_refused(shots: int) -> None:
    with pytest.raises(BadInput, match=f"Cepheus takes 10 to 50000 shots .* got {shots}"):
        pack([shots], limits=CEPHEUS, device="Cepheus")
