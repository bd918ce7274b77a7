"""Unequal shots are raised to common levels where that is cheaper, and never further."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from datasets.records.devices import Limits, Prices
from tasks.core.planning.packing import level, pack, price

PRICES = [
    Prices(Decimal("0.30"), Decimal("0.000425")),
    Prices(Decimal("0.30"), Decimal("0.08")),
    Prices(Decimal(0), Decimal("0.01")),
    Prices(usd_per_minute=Decimal("0.075"), minimum_s=3),
    Prices(),
]
LIMITS = [Limits(1, 50_000), Limits(1, 50_000, 3, 5000), Limits(1, 50_000, 100, 200_000)]
several = st.lists(st.integers(1, 2000), max_size=6)
limits_ = st.sampled_from(LIMITS)
prices_ = st.sampled_from(PRICES)


def cost(shots: Sequence[int], limits: Limits, prices: Prices) -> Decimal:
    """Return what these numbers cost when they are bought as `pack` cuts them."""
    falling = sorted(shots, reverse=True)
    chunks = pack(falling, limits=limits)
    tasks = (price(prices, tasks=1, shots=sum(falling[i] for i in chunk)) for chunk in chunks)
    return sum(tasks, Decimal(0))


def cuts(shots: Sequence[int]) -> Iterator[list[int]]:
    """Raise falling numbers to the first of their neighbours, in every way."""
    if not shots:
        yield []
    for size in range(1, len(shots) + 1):
        for rest in cuts(shots[size:]):
            yield [shots[0]] * size + rest


@given(several, limits_, prices_)
def test_no_number_is_lowered_nor_raised_above_the_highest(
    shots: list[int], limits: Limits, prices: Prices
) -> None:
    raised = level(shots, limits=limits, prices=prices)
    assert len(raised) == len(shots)
    assert all(low <= high <= max(shots) for low, high in zip(shots, raised, strict=True))


@given(several, limits_, prices_)
def test_no_other_levels_are_cheaper(shots: list[int], limits: Limits, prices: Prices) -> None:
    found = cost(level(shots, limits=limits, prices=prices), limits, prices)
    every = [cost(way, limits, prices) for way in cuts(sorted(shots, reverse=True))]
    assert found <= min(every) + Decimal("0.00001")  # a millionth a task is rounded up
    if shots:
        assert found <= cost(shots, limits, prices)  # a task for each distinct number
        assert found <= cost([max(shots)] * len(shots), limits, prices)


@given(several.flatmap(lambda s: st.tuples(st.just(s), st.permutations(s))), limits_, prices_)
def test_the_order_does_not_matter(
    orders: tuple[list[int], list[int]], limits: Limits, prices: Prices
) -> None:
    one, other = (
        Counter(zip(shots, level(shots, limits=limits, prices=prices), strict=True))
        for shots in orders
    )
    assert one == other


def test_two_missing_shots_are_cheaper_as_ten_than_as_a_task() -> None:
    assert level([10, 2], limits=LIMITS[2], prices=PRICES[0]) == (10, 10)
    assert level([100, 2], limits=LIMITS[2], prices=PRICES[1]) == (100, 2)
