"""A run's answer as this release tells it, whichever release has written it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from datasets.records.runs import Run
from tasks.core.money.charges import money_of

# What an answer of an earlier release lacks, because nobody knew of it then.
_UNKNOWN: Final[Mapping[str, Any]] = {"plan": {}, "bill": []}
_UNKNOWN_WHERE_CHOSEN: Final[Mapping[str, Any]] = {"selection": None}  # canaries name their device
_UNKNOWN_OF_SWEEPS: Final[Mapping[str, Any]] = {"missing": [], "missing_points": 0, "reused": []}
_TOLD: Final = 3  # runs that are named in a line
_OF_A_TARGET: Final = (
    "target", "measured", "executions", "shots", "cost_usd", "calibration_id", "compiled_id",
    "two_qubit_gates", "depth", "estimated_success", "reason",
)  # fmt: skip


def answer_of(run: Run) -> dict[str, Any] | None:
    """Return a run's answer with whatever its own release could not say left empty."""
    if run.result is None:
        return None
    answer: dict[str, Any] = json.loads(run.result)
    money = dict(zip(("cost_usd", "what_if_usd"), money_of(answer), strict=True))
    chosen = {} if run.flow == "canary" else _UNKNOWN_WHERE_CHOSEN
    known = {**_UNKNOWN, **chosen, **answer, **money}
    return _sweep(known) if run.flow == "sweep" else known


def told_reused(answer: Mapping[str, Any]) -> list[str]:
    """Say whose work a sweep's answer shows beside its own; nothing where it is all its own."""
    runs = answer.get("reused")
    if not runs:
        return []
    more = len(runs) - _TOLD
    named = ", ".join(runs[:_TOLD]) + (f" and {more:,} more" if more > 0 else "")
    what = "a part" if answer["measured"] else "all"
    return [f"{what} of it was measured by run {named}"]


def _sweep(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sweep's answer, which once had one target and said all of it at the top."""
    alone = {name: answer[name] for name in _OF_A_TARGET if name in answer}
    observables = [{"target": answer["target"], **found} for found in answer["observables"]]
    targets = [{"qubits": [], "engines": [], **on} for on in answer.get("targets", [alone])]
    return {**_UNKNOWN_OF_SWEEPS, **answer, "targets": targets, "observables": observables}
