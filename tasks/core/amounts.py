"""Numbers as people read them: a count with its noun, and money in cents."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from typing import Any, Final

_CENT: Final = Decimal("0.01")


def counted(number: int, noun: str) -> str:
    """Return `1 task` or `2,000 tasks`; the noun is in the singular."""
    return f"{number:,} {noun if number == 1 else f'{noun}s'}"


def usd(amount: Decimal | float) -> str:
    """Return an amount in cents, to the nearest one, with thousands apart: `29,028.84`."""
    return f"{_exact(amount).quantize(_CENT, rounding=ROUND_HALF_EVEN):,}"


def at_most(amount: Decimal | float) -> str:
    """Return an amount in whole cents that it does not exceed."""
    return f"{_exact(amount).quantize(_CENT, rounding=ROUND_CEILING):,}"


def exact_usd(amount: Decimal) -> str:
    """Return an amount with all its digits, in cents where it has no more: `1,000.50`, `0.0425`."""
    return usd(amount) if amount == amount.quantize(_CENT) else f"{amount.normalize():,f}"


def money_of(answer: Mapping[str, Any]) -> tuple[float, float]:
    """Return what a run was charged, and what it would cost where nobody charges.

    Answers of before have one sum for both, and the bill of what was charged.
    """
    cost_usd: float = answer["cost_usd"]
    if "what_if_usd" in answer:
        return cost_usd, answer["what_if_usd"]
    sold = "braket:" in answer["target"]
    charged = sum(line["usd"] for line in answer.get("bill", ())) if "bill" in answer else cost_usd
    charged_usd = min(charged, cost_usd) if sold else 0.0
    everything = sold and ", " not in answer["target"]
    return (cost_usd, 0.0) if everything else (charged_usd, cost_usd - charged_usd)


def told_money(answer: Mapping[str, Any]) -> str:
    """Say what a run was charged and, in other words, what it would cost where nobody charges."""
    cost_usd, what_if_usd = money_of(answer)
    what_if = f"{usd(what_if_usd)} USD what if on the real device" if what_if_usd else ""
    charged = f"{usd(cost_usd)} USD charged" if cost_usd or not what_if else "nothing charged"
    return "; ".join(filter(None, (charged, what_if)))


def _exact(amount: Decimal | float) -> Decimal:
    return amount if isinstance(amount, Decimal) else Decimal(str(amount))
