"""Ranking is deterministic, blind to order, monotone, and knows what would change the choice."""

import dataclasses
import re
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tasks.core.selection.counterfactuals import changes, sentences
from tasks.core.selection.policies import PRESETS, Criterion, Policy, Weights, parse_policy
from tasks.core.selection.ranking import Offer, Rejected, obstacle, pareto, rank
from tasks.errors import BadInput

FIDELITIES = st.floats(0.001, 0.999)
PRICES = st.integers(0, 50_000).map(lambda cents: Decimal(cents) / 100)
TIMES = st.floats(0.0, 1e6)
WEIGHTS = st.floats(0.0, 8.0).map(lambda weight: round(weight, 2))


@st.composite
def several(draw: st.DrawFn) -> tuple[Offer, ...]:
    """Offers of one to six devices."""
    return tuple(
        Offer(f"emulator:d{number}", draw(FIDELITIES), draw(PRICES), draw(TIMES))
        for number in range(draw(st.integers(1, 6)))
    )


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A named policy or weights of which one counts."""
    weights = Weights(draw(WEIGHTS), draw(WEIGHTS), draw(WEIGHTS))
    own = Policy("own", weights=weights)
    named = draw(st.sampled_from([*PRESETS.values()]))
    return own if draw(st.booleans()) and max(dataclasses.astuple(weights)) > 0 else named


def better(offer: Offer, by: Criterion, share: float) -> Offer:
    match by:
        case Criterion.FIDELITY:
            return dataclasses.replace(
                offer, fidelity=offer.fidelity + share * (1 - offer.fidelity)
            )
        case Criterion.PRICE:
            return dataclasses.replace(offer, usd=offer.usd * Decimal(1 - share))
        case Criterion.TIME:
            return dataclasses.replace(offer, result_s=offer.result_s * (1 - share))


def place(offers: tuple[Offer, ...], target: str, policy: Policy) -> int:
    """Return a target's rank; behind all others when it is rejected."""
    found = rank(offers, policy=policy).ranked
    return next((each.rank for each in found if each.offer.target == target), len(offers) + 1)


@given(several(), policies(), st.randoms())
def test_the_order_of_the_candidates_changes_nothing(
    offers: tuple[Offer, ...], policy: Policy, random: Any
) -> None:
    shuffled = random.sample(offers, len(offers))
    assert rank(shuffled, policy=policy) == rank(offers, policy=policy)


@given(several(), policies(), st.sampled_from(Criterion), st.floats(0.0, 1.0), st.data())
def test_a_candidate_that_gets_better_in_one_thing_is_never_ranked_worse(
    offers: tuple[Offer, ...], policy: Policy, by: Criterion, share: float, data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(offers) - 1))
    improved = tuple(
        better(offer, by, share) if i == number else offer for i, offer in enumerate(offers)
    )
    target = offers[number].target
    assert place(improved, target, policy) <= place(offers, target, policy)


@given(several(), policies())
def test_a_third_candidate_does_not_change_the_order_of_two(
    offers: tuple[Offer, ...], policy: Policy
) -> None:
    whole = [each.offer.target for each in rank(offers, policy=policy).ranked]
    fewer = [each.offer.target for each in rank(offers[1:], policy=policy).ranked]
    assert [target for target in fewer if target in whole] == [
        target for target in whole if target in fewer
    ]


@given(several(), policies())
def test_scores_are_at_most_zero_and_fall_with_the_rank(
    offers: tuple[Offer, ...], policy: Policy
) -> None:
    scores = [each.score for each in rank(offers, policy=policy).ranked]
    assert all(score <= 0 for score in scores)
    assert all(a >= b - 1e-9 for a, b in pairwise(scores))


@given(several(), policies())
def test_weights_that_all_count_choose_from_the_pareto_front(
    offers: tuple[Offer, ...], policy: Policy
) -> None:
    assume(policy.weights is None or min(dataclasses.astuple(policy.weights)) > 0.1)
    chosen = rank(offers, policy=policy).chosen
    assert chosen is not None
    assert chosen.pareto


@given(several())
def test_the_front_is_what_nothing_beats(offers: tuple[Offer, ...]) -> None:
    front = pareto(offers)
    assert front
    for offer in offers:
        beaten = any(
            o.fidelity >= offer.fidelity and o.usd <= offer.usd and o.result_s <= offer.result_s
            for o in offers
            if (o.fidelity, o.usd, o.result_s) != (offer.fidelity, offer.usd, offer.result_s)
        )
        assert (offer.target in front) is not beaten


@given(several(), policies())
def test_beyond_its_threshold_a_candidate_wins_and_before_it_it_does_not(
    offers: tuple[Offer, ...], policy: Policy
) -> None:
    by_name = {offer.target: offer for offer in offers}
    for change in changes(rank(offers, policy=policy)):
        loser = by_name[change.target]
        for criterion, limit in change.at.items():
            assert wins(moved(loser, criterion, limit, 1), offers, policy)
            assert not wins(moved(loser, criterion, limit, -1), offers, policy)
        for name in change.policies:
            chosen = rank(
                [each.offer for each in rank(offers, policy=policy).ranked], policy=PRESETS[name]
            ).chosen
            assert chosen is not None
            assert chosen.offer.target == change.target


def moved(offer: Offer, criterion: Criterion, limit: float, sign: int) -> Offer:
    """Return the offer a millionth beyond a threshold, or before it."""
    step = sign * max(1e-6, 1e-6 * abs(limit))
    match criterion:
        case Criterion.FIDELITY:
            return dataclasses.replace(offer, fidelity=limit + step)
        case Criterion.PRICE:
            return dataclasses.replace(offer, usd=Decimal(limit - step))
        case Criterion.TIME:
            return dataclasses.replace(offer, result_s=limit - step)


def wins(offer: Offer, offers: tuple[Offer, ...], policy: Policy) -> bool:
    others = [offer if each.target == offer.target else each for each in offers]
    chosen = rank(others, policy=policy).chosen
    return chosen is not None and chosen.offer.target == offer.target


GARNET = Offer("emulator:garnet", 0.90, Decimal("6.10"), 5)
CEPHEUS = Offer("emulator:cepheus", 0.60, Decimal("2.00"), 4)
FORTE = Offer("emulator:forte", 0.97, Decimal("320.30"), 60)
ALL = (GARNET, CEPHEUS, FORTE)


@pytest.mark.parametrize(
    ("policy", "chosen"),
    [
        ("cheapest", "emulator:cepheus"),
        ("cheapest:0.7", "emulator:garnet"),
        ("best", "emulator:forte"),
        ("best:100", "emulator:garnet"),
        ("fastest", "emulator:cepheus"),
        ("balanced", "emulator:garnet"),
        ("fidelity=1", "emulator:forte"),
        ("fidelity=1,price=1", "emulator:cepheus"),
    ],
)
def test_a_policy_chooses_what_it_says(policy: str, chosen: str) -> None:
    found = rank(ALL, policy=parse_policy(policy)).chosen
    assert found is not None
    assert found.offer.target == chosen


def test_a_device_that_is_degraded_comes_after_all_that_are_not() -> None:
    tired = dataclasses.replace(GARNET, degraded="drift on 3-4")
    found = rank((tired, CEPHEUS, FORTE), policy=parse_policy("balanced"))
    assert [each.offer.target for each in found.ranked][-1] == "emulator:garnet"
    assert "emulator:garnet is degraded: drift on 3-4." in sentences(found)


def test_each_limit_rejects_with_its_figure() -> None:
    policy = parse_policy("balanced", min_fidelity=0.7, max_usd=100, deadline="10m")
    late = dataclasses.replace(GARNET, target="emulator:late", result_s=86_400.0)
    earlier = Rejected("emulator:small", "it has 2 usable qubits, and the circuit needs 3")
    found = rank((*ALL, late), policy=policy, rejected=[earlier])
    assert {each.target: each.reason for each in found.rejected} == {
        "emulator:cepheus": "the predicted fidelity is 0.6, and the floor is 0.7",
        "emulator:forte": "the price is 320.30 USD, and the cap is 100.00 USD",
        "emulator:late": "the result is expected in 24 h, and the deadline is in 10 min",
        "emulator:small": "it has 2 usable qubits, and the circuit needs 3",
    }


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_what_breaks_a_limit_never_reads_as_the_limit(
    size: float, usd: float, time_s: float
) -> None:
    above = 1 + 1e-9
    offer = dataclasses.replace(
        GARNET,
        fidelity=min(size, 1.0),
        usd=Decimal(str(usd)) + Decimal("0.000001"),
        result_s=time_s * above,
    )
    limits: tuple[dict[str, Any], ...] = (
        {"min_fidelity": offer.fidelity * above},
        {"max_usd": Decimal(str(usd))},
        {"deadline_s": time_s},
    )
    for limit in limits:
        policy = Policy("own", order=tuple(Criterion), **limit)
        said = obstacle(offer, policy=policy, best_fidelity=1.0)
        figures = re.fullmatch(r"\D+([\d.].*), and the \w+ is (?:in )?(.+)", said)
        assert figures, said
        assert figures[1] != figures[2]


def test_what_would_have_changed_the_choice_is_said_in_words() -> None:
    assert sentences(rank(ALL, policy=parse_policy("balanced"))) == (
        (
            "emulator:cepheus would win if its fidelity were above 0.687 or its price were below "
            "1.12 USD or the policy were cheapest or fastest."
        ),
        "emulator:forte would win if its price were below 7.56 USD or the policy were best.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "cheapish", "fidelity=x", "fidelity=1,fidelity=2", "speed=1", "fidelity=-1",
        "fidelity=0", "fidelity=nan", "price=1e9", "best:-1", "cheapest:2", "balanced:3", "best:x",
    ],
)  # fmt: skip
def test_a_policy_that_says_nothing_is_refused_with_what_can_be_written(text: str) -> None:
    with pytest.raises(BadInput):
        parse_policy(text)


@pytest.mark.parametrize("deadline", ["2", "h", "-1h", "0s", "1w", "nanh"])
def test_a_deadline_has_a_unit(deadline: str) -> None:
    with pytest.raises(BadInput, match="Write 90s, 30m, 2h or 1d"):
        parse_policy("balanced", deadline=deadline)
