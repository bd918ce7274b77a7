"""How often a run may buy what does not come back, and how often its target has made it so far."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tasks.backends.braket_devices import is_braket
from tasks.core.quotes import Quote
from tasks.lifecycle.dispatch import MAX_REMAINDERS

if TYPE_CHECKING:
    from datasets.journal.journal import Journal


def rounds_of(asked: Mapping[str, Any], target: str) -> int:
    """Return how often what is missing may be bought again; what runs here loses nothing."""
    return int(asked.get("retries", MAX_REMAINDERS)) if is_braket(target) else 0


def with_retries(
    quote: Quote, *, asked: Mapping[str, Any], target: str, journal: "Journal | None"
) -> Quote:
    """Return the quote with what is expected to be bought again, and with what may be."""
    rounds = rounds_of(asked, target)
    share = journal.bought_again(target) if rounds and journal else Decimal(0)
    return quote.retrying(rounds, share=share)
