"""How often a run may buy missing results again, and the quote that allows for it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tasks.backends.braket_devices import is_braket
from tasks.core.quotes import Quote
from tasks.lifecycle.dispatch import MAX_REMAINDERS

if TYPE_CHECKING:
    from datasets.journal.journal import Journal


def rounds_of(asked: Mapping[str, Any], target: str) -> int:
    """Return how often missing results may be bought again; 0 for simulated targets."""
    return int(asked.get("retries", MAX_REMAINDERS)) if is_braket(target) else 0


def with_retries(
    quote: Quote, *, asked: Mapping[str, Any], target: str, journal: "Journal | None"
) -> Quote:
    """Return the quote with what is expected to be bought again, and with what may be."""
    rounds = rounds_of(asked, target)
    share = journal.bought_again(target) if rounds and journal else Decimal(0)
    return quote.retrying(rounds, share=share)
