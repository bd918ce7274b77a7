"""Rows of `selections`: every candidate of a choice, with what went into it."""

import json
from collections.abc import Iterator, Sequence
from uuid import UUID

from datasets.records.executions import RunId
from tasks.context.runtime import Runtime
from tasks.core.identity import digest
from tasks.core.selection.decision import Selection
from tasks.rows.rows import Row


def selection_rows(
    selection: Selection, *, selection_id: str, run_id: RunId, program: str
) -> Iterator[Row]:
    """Yield the ranked candidates, then the rejected ones with what excluded them.

    The chosen one's reason is the whole sentence; another's is how it compares.
    """
    ranking, figures = selection.ranking, selection.figures()
    same = {"selection_id": selection_id, "run_id": run_id, "policy": ranking.policy.name}
    for each in ranking.ranked:
        target, first = each.offer.target, each.rank == 1
        other = f"Rank {each.rank} of {len(ranking.ranked)} by the policy {ranking.policy.name}."
        yield same | {
            "target": target,
            "rank": each.rank,
            "score": json.dumps({"program": program} | figures[target]),
            "chosen": first,
            "reason": selection.reason if first else other,
        }
    for refused in ranking.rejected:
        yield same | {
            "target": refused.target,
            "rank": None,
            "score": json.dumps({"program": program}),
            "chosen": False,
            "reason": refused.reason,
        }


def land_choices(
    selections: Sequence[Selection], *, programs: Sequence[str], runtime: Runtime
) -> None:
    """Land choices that no run made; the same question with the same answer lands once."""
    ids = [
        digest([program, selection.plain()])
        for program, selection in zip(programs, selections, strict=True)
    ]
    asked = RunId(str(UUID(hex=digest(ids)[:32])))  # in the shape of a run's id
    named = dict.fromkeys(ids)
    chosen = dict(zip(ids, zip(selections, programs, strict=True), strict=True))
    rows = [
        row
        for each in named
        for row in selection_rows(
            chosen[each][0], selection_id=each, run_id=asked, program=chosen[each][1]
        )
    ]
    if rows:
        runtime.lake.land_all({"selections": [((asked,), rows)]}, run_id=asked)
