"""Quote a run that nobody has begun: on its targets, and on every other one that could do it."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from datasets.records.runs import Run
from tasks.backends.braket_devices import is_braket
from tasks.core.policies import DEFAULT, parse_policy
from tasks.core.quotes import Quote
from tasks.core.ranking import Rejected
from tasks.core.selections import Considered, Selection
from tasks.errors import BadInput
from tasks.lifecycle.candidates import candidates, fit, is_auto, policy_of, targets_for
from tasks.lifecycle.quote_rows import land
from tasks.lifecycle.runtime import Runtime
from tasks.lifecycle.selecting import Piece, choose


def offer(run: Run, piece: Piece, *, runtime: Runtime) -> dict[str, Any]:
    """Return what a run would cost, as JSON types, and land it; nothing is bought.

    Raises:
        BadInput: a target that was named cannot do the work, or no device satisfies the policy.
    """
    selection = _selection(run, piece, runtime=runtime)
    named = [selection.target] if is_auto(run.asked["target"]) else list(run.targets)
    wanted = [_found(selection, target) for target in named]
    quotes = {target: each.quote for target, each in selection.considered.items()}
    quote_id = land(quotes, run_id=None, flow=run.flow, chosen=named, runtime=runtime)
    total = sum((each.quote for each in wanted), Quote())
    plan = total.plain()
    return {
        "quote_id": quote_id,
        "flow": run.flow,
        "target": ", ".join(named),
        "cost_usd": plan["expected_usd"],
        "at_most_usd": plan["at_most_usd"],
        "tasks": total.tasks,
        "shots": total.shots,
        "items": plan["items"],
        "unpacked": plan["unpacked"],
        **_latest(wanted),
        "targets": [_plain(each) for each in wanted],
        "alternatives": list(_others(selection, named)),
        "rejected": [
            {"target": each.target, "reason": each.reason} for each in _refused(selection)
        ],
        "reason": selection.reason if is_auto(run.asked["target"]) else "",
    }


def _selection(run: Run, piece: Piece, *, runtime: Runtime) -> Selection:
    """Return every target that was named or that could do the work, priced."""
    asked, auto = run.asked, is_auto(run.asked["target"])
    named = () if auto else run.targets
    account = any(map(is_braket, named)) or (auto and is_braket(asked["target"]))
    ours, _ = candidates(named, journal=runtime.journal, named=True)
    rest = [target for target in targets_for(account=account) if target not in named]
    others, silent = _asked(rest, runtime=runtime)
    (selection,) = choose(
        [piece],
        candidates=[fit(each, piece.program.circuit, asked=asked) for each in (*ours, *others)],
        silent=silent,
        policy=policy_of(asked["target"]) if auto else parse_policy(DEFAULT),
        now=datetime.now(UTC),
        home=runtime.home,
    )
    return selection


def _asked(targets: Sequence[str], *, runtime: Runtime) -> Any:
    """Return the alternatives as they stand; that nobody answers costs the alternatives alone."""
    try:
        return candidates(targets, journal=runtime.journal, named=False)
    except BadInput as fault:
        return (), tuple(Rejected(target, str(fault).rstrip(".")) for target in targets)


def _found(selection: Selection, target: str) -> Considered:
    if target in selection.considered:
        return selection.considered[target]
    refused = next(each for each in selection.ranking.rejected if each.target == target)
    message = f"{target} cannot be quoted: {refused.reason.rstrip('. ')}."
    raise BadInput(message)


def _others(selection: Selection, named: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the targets that could do the work too, the cheapest first."""
    every = selection.considered.values()
    rest = [each for each in every if each.candidate.target not in named]
    yield from map(_plain, sorted(rest, key=lambda e: (e.quote.cost_usd, e.candidate.target)))


def _refused(selection: Selection) -> Iterator[Rejected]:
    """Yield the targets that could not do it; those that a policy leaves out have a price."""
    for each in selection.ranking.rejected:
        if each.target not in selection.considered:
            yield each


def _plain(each: Considered) -> dict[str, Any]:
    return {
        "target": each.candidate.target,
        "cost_usd": float(each.quote.cost_usd),
        "at_most_usd": float(each.quote.most_usd),
        "tasks": each.quote.tasks,
        "shots": each.quote.shots,
        "fidelity": each.compiled.metrics.estimated_success,
        **_latest([each]),
    }


def _latest(wanted: Sequence[Considered]) -> dict[str, float | None]:
    """Return when the last of several targets is done, with the range of 4 in 5 cases.

    It has no end where a device may not open in time.
    """
    high_s = max(each.expected.high_s for each in wanted)
    return {
        "result_s": max(each.expected.result_s for each in wanted),
        "result_low_s": max(each.expected.low_s for each in wanted),
        "result_high_s": None if math.isinf(high_s) else high_s,
    }
