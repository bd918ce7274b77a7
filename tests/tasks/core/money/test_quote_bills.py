"""Quotes add up, packing never costs more, and real bills are what was quoted."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.records.devices import DeviceKind
from tasks.core.mitigation.composition import Mitigation
from tasks.core.money.pricing import Work, quote_work
from tasks.core.money.quote_items import Item
from tasks.core.money.quotes import Quote, quote_circuits
from tasks.core.planning.packing import price

DEVICES = ("emulator:garnet", "emulator:cepheus", "emulator:forte-enterprise", "local:sv")
WORKS = st.builds(
    Work,
    st.integers(1, 3000),
    st.integers(100, 30_000),
    st.sampled_from([Mitigation.parse(m) for m in ("none", "readout", "zne", "readout,zne")]),
    st.integers(100, 20_000),
)


def cents(usd: Decimal) -> Decimal:
    return usd.quantize(Decimal("0.01"))


@given(st.sampled_from(DEVICES), WORKS)
def test_the_items_of_a_quote_add_up_to_it(target: str, work: Work) -> None:
    quote = quote_work(work, snapshot=resolve(target)).retrying(3, share=Decimal("0.1"))
    assert sum(line.usd for line in quote.items) == quote.cost_usd <= quote.most_usd
    assert sum(line.shots for line in quote.items) == quote.shots
    assert sum(line.tasks for line in quote.items) == quote.tasks


@given(st.sampled_from(DEVICES), st.lists(WORKS, min_size=1, max_size=4))
def test_a_quote_of_pieces_is_the_sum_of_their_quotes(target: str, works: list[Work]) -> None:
    each = [quote_work(work, snapshot=resolve(target)) for work in works]
    whole = sum(each, Quote())
    assert whole.usd == sum(quote.usd for quote in each)
    for rounds in range(4):
        apart = sum((q.retrying(rounds, share=Decimal(0)).most_usd for q in each), Decimal(0))
        assert whole.retrying(rounds, share=Decimal(0)).most_usd == apart


@given(st.sampled_from(DEVICES), WORKS)
def test_packed_never_costs_more_than_unpacked(target: str, work: Work) -> None:
    quote = quote_work(work, snapshot=resolve(target))
    assert quote.usd <= quote.unpacked_usd


@given(st.sampled_from(DEVICES), WORKS, st.decimals(0, 5, places=3), st.integers(0, 3))
def test_what_is_expected_to_be_bought_again_is_within_what_may_be(
    target: str, work: Work, share: Decimal, rounds: int
) -> None:
    quote = quote_work(work, snapshot=resolve(target)).retrying(rounds, share=share)
    assert quote.usd <= quote.cost_usd <= quote.most_usd
    if not rounds:
        assert quote.most_usd == quote.usd


def test_100_shots_on_forte_cost_8_dollars_30() -> None:
    quote = quote_circuits(1, shots=100, snapshot=resolve("emulator:forte-enterprise"))
    assert quote.cost_usd == Decimal("8.30")
    assert quote.retrying(3, share=Decimal(0)).most_usd == Decimal("9.20")


def test_12840_shots_on_cepheus_in_5_program_sets_cost_6_dollars_96() -> None:
    cepheus = resolve("emulator:cepheus")
    assert cents(price(cepheus.prices, tasks=5, shots=12_840)) == Decimal("6.96")
    quote = quote_circuits(428, shots=30, snapshot=cepheus)
    assert (quote.tasks, quote.shots, cents(quote.cost_usd)) == (5, 12_840, Decimal("6.96"))


def test_a_quarter_of_a_second_on_a_simulator_costs_three() -> None:
    from datasets.devices.catalogue import resolve  # the simulators that Braket sells

    sv1 = resolve("emulator:sv1")
    assert sv1.kind is DeviceKind.SIMULATOR
    quote = quote_circuits(1, shots=1000, snapshot=sv1)
    assert quote.cost_usd == Decimal("0.00375")
    assert [line.item for line in quote.items] == [Item.MINUTES]
    assert price(sv1.prices, tasks=1, shots=1000, task_s=0.252) == quote.cost_usd


@pytest.mark.parametrize(("scales", "item"), [("none", Item.SHOTS), ("zne", Item.MITIGATION)])
def test_circuits_with_more_noise_are_an_item_of_their_own(scales: str, item: Item) -> None:
    work = Work(10, 100, Mitigation.parse(scales))
    lines = {line.item: line for line in quote_work(work, snapshot=resolve(DEVICES[0])).items}
    assert lines[item].shots >= lines[Item.SHOTS].shots == 1000
