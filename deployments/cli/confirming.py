"""Ask on a terminal before a purchase above a threshold; refuse it elsewhere if so configured.

Only what is charged counts: emulators and simulators on this machine are never asked about.
"""

import os
import re
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from deployments.cli.terminal import say
from tasks.core.text.amounts import at_most, exact_usd
from tasks.errors import BadInput

if TYPE_CHECKING:
    from tasks.requests.run import RunRequest

SETTING: Final = "QRT_CONFIRM_USD"
UNASKED_USD: Final = Decimal(10)
NEVER: Final = "never"
_AMOUNT: Final = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


def confirm(flow: str, parameters: "RunRequest", *, as_json: bool) -> None:
    """Return when the run may be begun, as far as its price goes.

    On a terminal the question is put. Elsewhere nobody could answer: with `QRT_CONFIRM_USD` set
    such a run is refused, and without it, it is told what it may cost.

    Raises:
        BadInput: nobody has agreed.
    """
    from tasks.quotes.price_ceiling import sells

    limit = unasked_usd()
    if parameters.max_usd is not None or limit is None or not sells(parameters):
        return
    from tasks.workloads.quote_request import ceiling_usd

    most_usd = ceiling_usd(flow, parameters)
    if most_usd <= limit:
        return
    price = f"The run may cost up to {at_most(most_usd)} USD"
    if not as_json and sys.stdin.isatty() and sys.stderr.isatty():
        _ask(price)
    elif SETTING in os.environ:
        message = f"{price}, and {SETTING} lets {exact_usd(limit)} pass unasked. Give --max-usd."
        raise BadInput(message)
    elif not as_json:
        say(f"{price}; --max-usd holds it to less.", err=True)


def unasked_usd() -> Decimal | None:
    """Return up to what price nobody is asked; nothing where nobody ever is.

    Raises:
        BadInput: the setting is no amount.
    """
    text = os.environ.get(SETTING, "").strip()
    if not text:
        return UNASKED_USD
    if text.lower() == NEVER:
        return None
    if not _AMOUNT.fullmatch(text):
        message = f"{SETTING} is {text!r:.40}. Set it to an amount in USD, such as 10, or to never."
        raise BadInput(message)
    return Decimal(text)


def _ask(price: str) -> None:
    sys.stderr.write(f"{price}. Buy it? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        message = "Nothing was bought. --yes buys without a question, --max-usd sets a limit."
        raise BadInput(message)
