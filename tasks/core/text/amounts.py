"""Numbers as people read them: a count with its noun, and money in cents."""

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from typing import Final

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


def _exact(amount: Decimal | float) -> Decimal:
    return amount if isinstance(amount, Decimal) else Decimal(str(amount))
