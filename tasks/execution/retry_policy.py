"""How often a run may buy missing results again, and the quote that allows for it."""

from decimal import Decimal
from typing import TYPE_CHECKING

from tasks.backends.targets import is_bought
from tasks.core.money.quotes import Quote
from tasks.requests.run import RunRequest

if TYPE_CHECKING:
    from datasets.journal.journal import Journal


def rounds_of(request: RunRequest, target: str) -> int:
    """Return how often missing results may be bought again; 0 for simulated targets."""
    return request.retries if is_bought(target) else 0


def with_retries(
    quote: Quote, *, request: RunRequest, target: str, journal: "Journal | None"
) -> Quote:
    """Return the quote with what is expected to be bought again, and with what may be."""
    rounds = rounds_of(request, target)
    share = journal.bought_again(target) if rounds and journal else Decimal(0)
    return quote.retrying(rounds, share=share)
