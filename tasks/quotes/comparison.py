"""Quote a run that nobody has begun: on its targets, and on every other one that could do it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from datasets.records.runs import Run
from tasks.backends.targets import is_bought
from tasks.context.runtime import Runtime
from tasks.core.money.quotes import Quote
from tasks.core.queueing.time_to_result import Expected
from tasks.core.selection.decision import Considered, Selection
from tasks.core.selection.feasibility import Candidate, impossible
from tasks.core.selection.policies import DEFAULT, parse_policy
from tasks.core.selection.ranking import Rejected
from tasks.devices.candidates import candidates, fit, is_auto, policy_of, targets_for
from tasks.errors import BadInput
from tasks.quotes.price_ceiling import price_of
from tasks.quotes.record import land
from tasks.requests.of_run import request_of
from tasks.selection.selector import NO_ROOM, Piece, choose, when


def offer(run: Run, piece: Piece, *, runtime: Runtime, compare: bool = False) -> dict[str, Any]:
    """Return what a run would cost, as JSON types, and land it; nothing is bought.

    Every other target has its price. What it would make of the circuit is known once that is
    compiled for it: where a target is to be chosen, and where `compare` asks for it.

    Raises:
        BadInput: a target that was named cannot do the work, or no device satisfies the policy.
    """
    request = request_of(run)
    auto = is_auto(request.target)
    ours, others, silent = _everybody(run, piece, runtime=runtime)
    (selection,) = choose(
        [piece],
        candidates=[*ours, *others] if auto or compare else ours,
        silent=silent,
        policy=policy_of(request.target) if auto else parse_policy(DEFAULT),
        now=datetime.now(UTC),
        home=runtime.home,
    )
    named = [selection.target] if auto else list(run.targets)
    wanted = [_found(selection, target) for target in named]
    priced, unable = _uncompiled(piece, () if auto or compare else others)
    found: list[Considered | _Priced] = [*selection.considered.values(), *priced]
    rest = [each for each in found if each.candidate.target not in named]
    alternatives = sorted(rest, key=lambda e: (e.quote.cost_usd, e.candidate.target))
    quotes = {each.candidate.target: each.quote for each in found}
    quote_id = land(quotes, run_id=None, flow=run.flow, chosen=named, runtime=runtime)
    return {
        "quote_id": quote_id,
        "flow": run.flow,
        "target": ", ".join(named),
        **_total(wanted),
        **_latest(wanted),
        "targets": [_plain(each) for each in wanted],
        "alternatives": [_plain(each) for each in alternatives],
        "rejected": [asdict(each) for each in (*_refused(selection), *unable)],
        "reason": selection.reason if auto else "",
    }


@dataclass(frozen=True, slots=True)
class _Priced:
    """A target for which nothing was compiled."""

    candidate: Candidate
    quote: Quote
    expected: Expected


def _total(wanted: Sequence[Considered]) -> dict[str, Any]:
    total = sum((each.quote for each in wanted), Quote())
    plan = total.plain()
    return {
        "cost_usd": plan["expected_usd"],
        "at_most_usd": plan["at_most_usd"],
        "tasks": total.tasks,
        "shots": total.shots,
        "items": plan["items"],
        "unpacked": plan["unpacked"],
    }


def _everybody(
    run: Run, piece: Piece, *, runtime: Runtime
) -> tuple[list[Candidate], list[Candidate], Any]:
    """Return the targets that were named, those that could do the work too, and the silent ones."""
    request = request_of(run)
    auto = is_auto(request.target)
    named = () if auto else run.targets
    like = request.target if auto else next(filter(is_bought, named), named[0])
    ours, _ = candidates(named, journal=runtime.journal, named=True)
    rest = [target for target in targets_for(like) if target not in named]
    others, silent = _asked(rest, runtime=runtime)
    circuit = piece.program.circuit
    able = [[fit(each, circuit, request=request) for each in every] for every in (ours, others)]
    return able[0], able[1], silent


def _uncompiled(piece: Piece, others: Sequence[Candidate]) -> tuple[list[_Priced], list[Rejected]]:
    """Return what others would take for the work, and why some could not do it."""
    now, priced, unable = datetime.now(UTC), list[_Priced](), list[Rejected]()
    for each in others:
        reason = impossible(each, demand=piece.demand, now=now)
        try:
            quote = Quote() if reason else price_of(piece, each)
        except BadInput as fault:
            reason, quote = str(fault).rstrip("."), Quote()
        done = when(each, quote, now=now)
        if reason or done is None:
            unable.append(Rejected(each.target, reason or NO_ROOM))
        else:
            priced.append(_Priced(each, quote, done))
    return priced, sorted(unable, key=lambda rejected: rejected.target)


def _asked(targets: Sequence[str], *, runtime: Runtime) -> Any:
    """Return the alternatives; all of them as rejected where the provider cannot be asked."""
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


def _refused(selection: Selection) -> Iterator[Rejected]:
    """Yield the targets that could not do it; those that a policy leaves out have a price."""
    for each in selection.ranking.rejected:
        if each.target not in selection.considered:
            yield each


def _plain(each: Considered | _Priced) -> dict[str, Any]:
    return {
        "target": each.candidate.target,
        "cost_usd": float(each.quote.cost_usd),
        "at_most_usd": float(each.quote.most_usd),
        "tasks": each.quote.tasks,
        "shots": each.quote.shots,
        "fidelity": each.offer.fidelity if isinstance(each, Considered) else None,
        **_latest([each]),
    }


def _latest(wanted: Sequence[Considered | _Priced]) -> dict[str, float | None]:
    """Return when the last of several targets is done, with the range of 4 in 5 cases.

    It has no end where a device may not open in time.
    """
    high_s = max(each.expected.high_s for each in wanted)
    return {
        "result_s": max(each.expected.result_s for each in wanted),
        "result_low_s": max(each.expected.low_s for each in wanted),
        "result_high_s": None if math.isinf(high_s) else high_s,
    }
