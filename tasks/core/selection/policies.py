"""What is preferred when devices are compared: a named policy or own weights, with its limits."""

import math
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from tasks.errors import BadInput, UnknownName


class Criterion(StrEnum):
    """What devices are compared by."""

    FIDELITY = "fidelity"
    PRICE = "price"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Weights:
    """How much a factor of e in each criterion counts; 0 does not count."""

    fidelity: float = 0.0
    price: float = 0.0
    time: float = 0.0


@dataclass(frozen=True, slots=True)
class Policy:
    """How candidates are ordered, and which are out of the question.

    Either `weights` or `order` says what is best: with an order, a later criterion counts only
    where the earlier ones are equal. `floor_share` is a floor relative to the best predicted
    fidelity, which `min_fidelity` replaces.
    """

    name: str
    weights: Weights | None = None
    order: tuple[Criterion, ...] = ()
    floor_share: float | None = None
    min_fidelity: float | None = None
    max_usd: Decimal | None = None
    deadline_s: float | None = None

    @property
    def leading(self) -> Weights:
        """The weights that scores are told in: of an order, its first criterion alone."""
        return self.weights or Weights(**{self.order[0].value: 1.0})


_F, _P, _T = Criterion.FIDELITY, Criterion.PRICE, Criterion.TIME
DEFAULT: Final = "balanced"
PRESETS: Final = {
    "cheapest": Policy("cheapest", order=(_P, _F, _T), floor_share=0.5),
    "best": Policy("best", order=(_F, _P, _T)),
    "fastest": Policy("fastest", order=(_T, _F, _P)),
    # A signal damped by f needs 1/f**2 as many shots for the same error, so that usd/f**2 is the
    # price of equal information and time/f**2 the time for it. Their product is minimised.
    "balanced": Policy("balanced", weights=Weights(fidelity=4.0, price=1.0, time=1.0)),
}
_MOST: Final = 1000.0  # a weight beyond it leaves the others no say


def parse_policy(
    text: str,
    *,
    min_fidelity: float | None = None,
    max_usd: float | None = None,
    deadline: str = "",
) -> Policy:
    """Return the policy in `balanced`, `cheapest:0.7`, `best:25` or `fidelity=2,price=1,time=1`.

    After the colon stands the floor of the predicted fidelity for `cheapest`, the cap of the price
    in USD for `best`; the options go before them.

    Raises:
        UnknownName: there is no such policy.
        BadInput: a weight or limit is not a number in its range.
    """
    name, _, limit = text.strip().partition(":")
    policy = _weighted(text) if "=" in text else _preset(name, limit=limit)
    if min_fidelity is not None:
        policy = replace(policy, min_fidelity=_fidelity(str(min_fidelity)))
    if max_usd is not None:
        policy = replace(policy, max_usd=_usd(str(max_usd)))
    return replace(policy, deadline_s=seconds_of(deadline)) if deadline else policy


def seconds_of(text: str) -> float:
    """Return the seconds in `90s`, `30m`, `2h` or `1d`.

    Raises:
        BadInput: it is something else.
    """
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    number = _number(text[:-1]) if text[-1:] in units else None
    if number is None or number <= 0:
        message = f"--deadline {text!r:.40} is not a time. Write 90s, 30m, 2h or 1d."
        raise BadInput(message)
    return number * units[text[-1]]


def _preset(name: str, *, limit: str) -> Policy:
    if name not in PRESETS:
        kind = "policy"
        raise UnknownName(kind, name, (*PRESETS, "fidelity=2,price=1,time=1"))
    policy = PRESETS[name]
    match name:
        case _ if not limit:
            return policy
        case "cheapest":
            return replace(policy, min_fidelity=_fidelity(limit))
        case "best":
            return replace(policy, max_usd=_usd(limit))
        case _:
            message = (
                f"The policy {name} takes nothing after a colon, not {limit!r:.40}. "
                "cheapest:0.7 takes a fidelity, best:25 a price."
            )
            raise BadInput(message)


def _weighted(text: str) -> Policy:
    found: dict[str, float] = {}
    for part in text.split(","):
        name, _, given = (piece.strip() for piece in part.partition("="))
        weight = _number(given)
        if name not in set(Criterion) or name in found or weight is None or weight < 0:
            message = (
                f"--policy {text!r:.80}: {part.strip()!r:.40} is not a weight. "
                "Write fidelity=2,price=1,time=1, each once and not negative."
            )
            raise BadInput(message)
        found[name] = weight
    weights = Weights(**found)
    if not 0 < max(found.values()) <= _MOST:
        message = f"--policy {text!r:.80}: the weights are 0 to {_MOST:.0f}, and not all 0."
        raise BadInput(message)
    stated = ",".join(f"{each}={getattr(weights, each):g}" for each in Criterion)
    return Policy(stated, weights=weights)


def _fidelity(text: str) -> float:
    number = _number(text)
    if number is None or not 0 <= number <= 1:
        message = f"A fidelity floor is 0 to 1, not {text:.40}. Ask for 0.7, say."
        raise BadInput(message)
    return number


def _usd(text: str) -> Decimal:
    number = _number(text)
    if number is None or number < 0:
        message = f"A price cap is in USD and not negative, not {text:.40}. Ask for 25, say."
        raise BadInput(message)
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return Decimal(str(number))


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
