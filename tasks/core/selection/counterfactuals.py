"""What would have changed a choice: how good another candidate would have had to be.

Each threshold follows from the formula of the ranking, one criterion at a time with the others as
they are. A candidate that is a little better than its threshold wins, one that is a little worse
does not.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from tasks.core.selection.policies import PRESETS, Criterion, Policy
from tasks.core.selection.ranking import (
    NEGLIGIBLE_S,
    NEGLIGIBLE_USD,
    Offer,
    Ranking,
    floor_of,
    rank,
    spoken,
    utility,
)

_MAX_SAID: Final = 3  # candidates; the record has them all


@dataclass(frozen=True, slots=True)
class Change:
    """What would have made `target` the choice.

    `at` holds a threshold for each criterion that could have done it alone: a fidelity above, a
    price in USD or a time in seconds below it. `policies` are the named ones under which it wins.
    """

    target: str
    at: Mapping[Criterion, float]
    policies: tuple[str, ...]


def changes(ranking: Ranking) -> tuple[Change, ...]:
    """Return what would have made each loser the choice, in the order of their ranks.

    A device that is degraded wins by being healthy, and none of its figures helps it; nor do
    those of a target that no run can go to.
    """
    if ranking.chosen is None:
        return ()
    winner, *losers = (each.offer for each in ranking.ranked)
    offers = [each.offer for each in ranking.ranked]
    winners = _winners(offers, policy=ranking.policy)
    return tuple(
        Change(
            loser.target,
            MappingProxyType(dict(_thresholds(loser, winner, ranking.policy, offers))),
            tuple(name for name, target in winners.items() if target == loser.target),
        )
        for loser in losers
    )


def sentences(ranking: Ranking) -> tuple[str, ...]:
    """Say what would have changed the choice, for the candidates next to it."""
    degraded = {each.offer.target: each.offer.degraded for each in ranking.ranked}
    told = []
    for change in changes(ranking)[:_MAX_SAID]:
        conditions = [_CONDITIONS[each](value) for each, value in change.at.items()]
        if change.policies:
            conditions.append(f"the policy were {' or '.join(change.policies)}")
        if conditions:
            told.append(f"{change.target} would win if {' or '.join(conditions)}.")
        elif degraded[change.target]:
            told.append(f"{change.target} is degraded: {degraded[change.target]}.")
    return tuple(told)


_CONDITIONS: Final[Mapping[Criterion, Callable[[float], str]]] = MappingProxyType(
    {
        Criterion.FIDELITY: lambda value: f"its fidelity were above {_up(value)}",
        Criterion.PRICE: lambda value: f"its price were below {_down(value)} USD",
        Criterion.TIME: lambda value: f"its result came within {spoken(value)}",
    }
)


def _thresholds(
    loser: Offer, winner: Offer, policy: Policy, offers: Sequence[Offer]
) -> list[tuple[Criterion, float]]:
    if loser.drawbacks > winner.drawbacks:
        return []
    limits = _needed(loser, winner, policy)
    found = []
    for criterion, limit in limits.items():
        better = _with(loser, criterion, limit)
        if better is not None and _wins(better, offers, policy):
            found.append((criterion, limit))
    return found


def _needed(loser: Offer, winner: Offer, policy: Policy) -> dict[Criterion, float]:
    """Return where each criterion alone would make the two equal."""
    if policy.weights is None:
        leading = policy.order[0]
        return {leading: float(_value(winner, leading))}
    behind = utility(winner, policy.weights) - utility(loser, policy.weights)
    found = {}
    for criterion in Criterion:
        weight = getattr(policy.weights, criterion.value)
        if weight > 0:
            found[criterion] = _moved(loser, criterion, behind / weight)
    return found


def _moved(offer: Offer, criterion: Criterion, log: float) -> float:
    """Return the figure at which the offer gains `log` in a criterion."""
    if log > 700:  # noqa: PLR2004 - exp beyond it is not a number
        return math.inf if criterion is Criterion.FIDELITY else -math.inf
    match criterion:
        case Criterion.FIDELITY:
            return offer.fidelity * math.exp(log)
        case Criterion.PRICE:
            addition = float(NEGLIGIBLE_USD)
            return (float(offer.usd) + addition) * math.exp(-log) - addition
        case Criterion.TIME:
            return (offer.result_s + NEGLIGIBLE_S) * math.exp(-log) - NEGLIGIBLE_S


def _with(offer: Offer, criterion: Criterion, limit: float) -> Offer | None:
    """Return the offer a little beyond a threshold; None where nothing can be."""
    match criterion:
        case Criterion.FIDELITY:
            fidelity = limit + max(1e-9, 1e-9 * limit)
            return replace(offer, fidelity=fidelity) if fidelity <= 1 else None
        case Criterion.PRICE:
            usd = limit - max(1e-9, 1e-9 * limit)
            return replace(offer, usd=Decimal(usd)) if usd >= 0 else None
        case Criterion.TIME:
            result_s = limit - max(1e-6, 1e-9 * limit)
            return replace(offer, result_s=result_s) if result_s >= 0 else None


def _wins(better: Offer, offers: Sequence[Offer], policy: Policy) -> bool:
    others = [better if each.target == better.target else each for each in offers]
    chosen = rank(others, policy=policy).chosen
    return chosen is not None and chosen.offer.target == better.target


def _winners(offers: Sequence[Offer], *, policy: Policy) -> dict[str, str]:
    """Return who wins under each named policy within the same limits."""
    floor, _ = floor_of(policy, best_fidelity=0.0)
    found = {}
    for name, preset in PRESETS.items():
        if name == policy.name:
            continue
        asked = replace(
            preset,
            max_usd=policy.max_usd,
            deadline_s=policy.deadline_s,
            min_fidelity=floor or None,
        )
        chosen = rank(offers, policy=asked).chosen
        if chosen is not None:
            found[name] = chosen.offer.target
    return found


def _value(offer: Offer, criterion: Criterion) -> float | Decimal:
    match criterion:
        case Criterion.FIDELITY:
            return offer.fidelity
        case Criterion.PRICE:
            return offer.usd
        case Criterion.TIME:
            return offer.result_s


def _up(fidelity: float) -> str:
    """Return three digits, rounded so that what is said suffices."""
    return f"{min(1.0, math.ceil(fidelity * 1000) / 1000):.3f}"


def _down(usd: float) -> str:
    return f"{math.floor(usd * 100) / 100:.2f}"
