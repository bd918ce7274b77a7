"""Rank what devices offer for a piece of work, and say what would have changed the choice.

The score of a candidate is

    w_fidelity ln(f / f*) - w_price ln((p + 0.10) / (p* + 0.10)) - w_time ln((t + 600) / (t* + 600))

with its predicted fidelity f, price p in USD and time to result t in seconds; f*, p* and t* are the
best that any admitted candidate offers, so that scores are at most 0 and say what is lost by
factors. The additions are what nobody would choose a device for: ten cents and ten minutes. What
the best offer is shifts all scores alike: the order of two candidates does not depend on a third.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tasks.core.selection.policies import Criterion, Policy, Weights
from tasks.core.text.amounts import at_most, exact_usd

NEGLIGIBLE_USD: Final = Decimal("0.10")
NEGLIGIBLE_S: Final = 600.0
_LEAST: Final = 1e-300  # a fidelity of 0 has no logarithm
_DIGITS: Final = 12  # scores that are closer than this are equal


@dataclass(frozen=True, slots=True)
class Offer:
    """What one target offers: predicted fidelity in [0, 1], price, time until the result.

    `degraded` says why the device is not at its best: it comes after all that are. `unrun` says why
    no run can go to the target, which then only stands for a device: it comes after both. `lowered`
    says what was done to the prediction.
    """

    target: str
    fidelity: float
    usd: Decimal
    result_s: float
    degraded: str = ""
    unrun: str = ""
    lowered: str = ""

    @property
    def drawbacks(self) -> tuple[bool, bool]:
        """What no figure makes good, the gravest first."""
        return bool(self.unrun), bool(self.degraded)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A target that is out of the question, with the reason in words and figures."""

    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """An offer with its rank, 1 is best; `pareto` where no other is at least as good in all."""

    offer: Offer
    rank: int
    score: float
    pareto: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates in order, and those that were out of the question."""

    policy: Policy
    ranked: tuple[Ranked, ...]
    rejected: tuple[Rejected, ...]

    @property
    def chosen(self) -> Ranked | None:
        """The first; nothing where all were rejected."""
        return self.ranked[0] if self.ranked else None


def rank(offers: Sequence[Offer], *, policy: Policy, rejected: Sequence[Rejected] = ()) -> Ranking:
    """Order the offers by the policy; the same for the same offers in any order."""
    best = max((offer.fidelity for offer in offers), default=0.0)
    reasons = {offer.target: obstacle(offer, policy=policy, best_fidelity=best) for offer in offers}
    admitted = [offer for offer in offers if not reasons[offer.target]]
    refused = [Rejected(target, reason) for target, reason in reasons.items() if reason]
    front = pareto(admitted)
    scores = _relative(admitted, policy.leading)
    ordered = sorted(admitted, key=lambda offer: _key(offer, policy))
    return Ranking(
        policy,
        tuple(
            Ranked(offer, place, scores[offer.target], offer.target in front)
            for place, offer in enumerate(ordered, start=1)
        ),
        tuple(sorted((*rejected, *refused), key=lambda each: each.target)),
    )


def obstacle(offer: Offer, *, policy: Policy, best_fidelity: float) -> str:
    """Return which limit of the policy the offer breaks, in words and figures; else nothing."""
    floor, why = floor_of(policy, best_fidelity=best_fidelity)
    if offer.fidelity < floor:
        found, least = _apart(lambda digits, x: f"{x:.{digits}g}", offer.fidelity, floor)
        return f"the predicted fidelity is {found}{offer.lowered}, and the floor is {least}{why}"
    if policy.max_usd is not None and offer.usd > policy.max_usd:
        price_usd, cap_usd = at_most(offer.usd), exact_usd(policy.max_usd)
        return f"the price is {price_usd} USD, and the cap is {cap_usd} USD"
    if policy.deadline_s is not None and offer.result_s > policy.deadline_s:
        expected, limit = _apart(
            lambda digits, x: spoken(x, digits=digits), offer.result_s, policy.deadline_s
        )
        return f"the result is expected in {expected}, and the deadline is in {limit}"
    return ""


def floor_of(policy: Policy, *, best_fidelity: float) -> tuple[float, str]:
    """Return the least fidelity that is admitted, and where it comes from."""
    if policy.min_fidelity is not None:
        return policy.min_fidelity, ""
    if policy.floor_share is not None:
        return policy.floor_share * best_fidelity, f" ({policy.floor_share:g} of the best)"
    return 0.0, ""


def pareto(offers: Sequence[Offer]) -> frozenset[str]:
    """Return the targets that no other beats in one thing without losing in another."""
    return frozenset(
        offer.target for offer in offers if not any(_dominates(other, offer) for other in offers)
    )


def utility(offer: Offer, weights: Weights) -> float:
    """Return the score before the best offer is taken off; rises with all that is better."""
    return math.fsum(getattr(weights, each.value) * gained for each, gained in gains(offer).items())


def gains(offer: Offer) -> dict[Criterion, float]:
    """Return the logarithms that weights multiply."""
    return {
        Criterion.FIDELITY: math.log(max(offer.fidelity, _LEAST)),
        Criterion.PRICE: -math.log(float(offer.usd + NEGLIGIBLE_USD)),
        Criterion.TIME: -math.log(offer.result_s + NEGLIGIBLE_S),
    }


def spoken(time_s: float, *, digits: int = 3) -> str:
    """Return a time as people say it; one digit less where it is seconds."""
    for unit, seconds in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if time_s >= 2 * seconds or (unit == "min" and time_s >= seconds):
            return f"{time_s / seconds:.{digits}g} {unit}"
    return f"{time_s:.{digits - 1}g} s"


def _apart(say: Callable[[int, float], str], value: float, limit: float) -> tuple[str, str]:
    """Return two unequal figures with three digits, or as many more as tell them apart."""
    for digits in range(3, 18):
        found, bound = say(digits, value), say(digits, limit)
        if found != bound:
            break
    return found, bound


def _key(offer: Offer, policy: Policy) -> tuple[object, ...]:
    if policy.weights is not None:
        told: tuple[float | Decimal, ...] = (-round(utility(offer, policy.weights), _DIGITS),)
    else:
        least: dict[Criterion, float | Decimal] = {
            Criterion.FIDELITY: -offer.fidelity,
            Criterion.PRICE: offer.usd,
            Criterion.TIME: offer.result_s,
        }
        told = tuple(least[criterion] for criterion in policy.order)
    return (*offer.drawbacks, *told, offer.target)


def _relative(offers: Sequence[Offer], weights: Weights) -> dict[str, float]:
    """Return each score, with the best of each criterion taken off."""
    logs = [gains(offer) for offer in offers]
    ideal = {each: max((log[each] for log in logs), default=0.0) for each in Criterion}
    return {
        offer.target: round(
            math.fsum(getattr(weights, each) * (log[each] - ideal[each]) for each in Criterion),
            _DIGITS,
        )
        for offer, log in zip(offers, logs, strict=True)
    }


def _dominates(one: Offer, other: Offer) -> bool:
    if (one.fidelity, one.usd, one.result_s) == (other.fidelity, other.usd, other.result_s):
        return False
    as_cheap, as_fast = one.usd <= other.usd, one.result_s <= other.result_s
    return one.fidelity >= other.fidelity and as_cheap and as_fast
