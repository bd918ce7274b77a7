"""Quotes kept: in the journal what a run may cost at most, in the lake every item."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from datasets.records.devices import Prices
from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.core.identity import digest
from tasks.core.money.quote_items import Item, Line, execution_lines, merged
from tasks.core.money.quotes import Quote
from tasks.core.progress.events import emit
from tasks.execution.retry_policy import with_retries
from tasks.quotes.price_ceiling import check_cap
from tasks.requests.of_run import request_of

if TYPE_CHECKING:
    from datasets.journal.rows import Entry
    from tasks.context.runtime import Runtime


def record(quotes: Mapping[str, Quote], *, run: Run, runtime: "Runtime") -> Quote:
    """Write down what a run buys on each of its targets, and return all of it.

    A run that is resumed is quoted anew; the same quote is landed once.

    Raises:
        BadInput: it may cost more than it was allowed to, and nothing was bought yet.
    """
    request, journal = request_of(run), runtime.journal
    final = {
        target: with_retries(quote, request=request, target=target, journal=journal)
        for target, quote in quotes.items()
    }
    total = sum(final.values(), Quote())
    if request.max_usd is not None and not _has_bought(run, runtime):
        check_cap(total.most_usd, run)
    journal.quote(run.run_id, total.most_usd)
    land(final, run_id=run.run_id, flow=run.flow, chosen=tuple(final), runtime=runtime)
    emit("run.quoted", quote=total)
    return total


def _has_bought(run: Run, runtime: "Runtime") -> bool:
    return any(entry.handle for entry in runtime.journal.executions(run.run_id))


def land(
    quotes: Mapping[str, Quote],
    *,
    run_id: RunId | None,
    flow: str,
    chosen: Sequence[str],
    runtime: "Runtime",
) -> str:
    """Land a quote, each target item by item, and return its id: the digest of what it says."""
    told = [[target, json.dumps(quote.plain())] for target, quote in quotes.items()]
    quote_id = digest([run_id or "", flow, list(chosen), told])
    same = {"quote_id": quote_id, "run_id": run_id, "flow": flow, "quoted_at": datetime.now(UTC)}
    rows = [
        same | {"target": target, "chosen": target in chosen} | row
        for target, quote in quotes.items()
        for row in _rows(quote)
    ]
    if rows:
        asker = run_id or RunId(quote_id)
        runtime.lake.land_all({"quotes": [((asker, quote_id[:16]), rows)]}, run_id=asker)
    return quote_id


def told_bill(entries: Sequence["Entry"], *, prices: Mapping[str, Prices]) -> list[dict[str, Any]]:
    """Return what was charged as JSON types, item by item; nothing where nobody charges.

    `prices` are those of the run's targets.
    """
    lines = merged(
        line
        for entry in entries
        if entry.charged_usd is not None
        for line in execution_lines(
            entry.execution,
            prices=prices[entry.execution.target],
            shots=entry.shots_returned or 0,
            usd=entry.charged_usd,
        )
    )
    return [line.plain() for line in lines]


def told_costs(entries: "Sequence[Entry]") -> dict[str, float]:
    """Return what a run's ended executions were charged, and what others would cost there."""
    return {
        "cost_usd": float(sum((entry.charged_usd or Decimal(0) for entry in entries), Decimal(0))),
        "what_if_usd": float(sum((entry.what_if_usd for entry in entries), Decimal(0))),
    }


def _rows(quote: Quote) -> Iterator[dict[str, Any]]:
    """Yield a row for each item, with its expected and its highest cost."""
    for line in (*quote.lines, Line(Item.RETRIES, 0, 0, quote.retry_usd)):
        spare_usd = quote.spare_usd if line.item is Item.RETRIES else line.usd
        yield {
            "item": line.item.value,
            "tasks": line.tasks,
            "shots": line.shots,
            "usd": line.usd,
            "at_most_usd": max(spare_usd, Decimal(0)),
        }
