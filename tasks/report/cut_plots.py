"""What a search for a maximum cut has seen, from the lake and the journal: as pictures and rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from datasets.lake.views import query
from datasets.records.runs import Run
from tasks.context.pinned_inputs import pinned_graph
from tasks.context.runtime import Runtime
from tasks.core.physics.cuts import are, bitstring, cuts, listed
from tasks.report.drawing.figures import distribution, histogram
from tasks.requests.of_run import request_as
from tasks.requests.search import QaoaRequest

_MAX_OUTCOMES: Final = 16
_MAX_NAMED: Final = 24  # nodes; longer outcomes leave no room for their bars
_FINAL: Final = """SELECT counts.outcome, sum(counts.count)::BIGINT AS shots
    FROM counts JOIN executions USING (execution_id)
    WHERE counts.run_id = '{run_id}' AND executions.purpose = 'estimate'
      AND counts.variant = 'raw'
    GROUP BY ALL ORDER BY shots DESC, counts.outcome"""


def cut_plots(run: Run, result: Mapping[str, Any], *, runtime: Runtime) -> list[tuple[str, str]]:
    """Return the most frequent outcomes, those of the largest cut green, and how often each cut."""
    outcomes, shots = _seen(run, runtime=runtime)
    graph = pinned_graph(request_as(QaoaRequest, run).graph, pins=runtime.pins(run.run_id))
    found = cuts(graph, outcomes)
    best = are(found, result["best_cut"], graph=graph)
    often = [
        bitstring(outcome, result["nodes"]) if result["nodes"] <= _MAX_NAMED else f"#{place}"
        for place, outcome in enumerate(outcomes[:_MAX_OUTCOMES].tolist(), start=1)
    ]
    title = f"the most frequent outcomes; green: a cut of {result['best_cut']:g}, the best seen"
    counts = dict(zip(often, shots[:_MAX_OUTCOMES].tolist(), strict=True))
    marked = [name for name, is_best in zip(often, best[:_MAX_OUTCOMES], strict=True) if is_best]
    guess = sum(edge.weight for edge in graph.edges) / 2
    marks = {"a random guess": guess, "expected, mitigated": result["expected_cut"]}
    if result["max_cut"] is not None:
        marks["maximum"] = result["max_cut"]
    return [
        ("outcomes", histogram(counts, title=title, marked=marked)),
        ("cuts", distribution(found.tolist(), shots.tolist(), name="cut", marks=marks)),
    ]


def cut_rows(run: Run, *, runtime: Runtime, most: int) -> list[dict[str, Any]]:
    """Return the most frequent outcomes with their cuts, and the nodes on the side of each 1."""
    outcomes, shots = _seen(run, runtime=runtime)
    graph = pinned_graph(request_as(QaoaRequest, run).graph, pins=runtime.pins(run.run_id))
    found = cuts(graph, outcomes[:most])
    return [
        {
            "outcome": bitstring(outcome, len(graph.nodes)),
            "cut": round(cut, 6),
            "shots": count,
            "side 1": listed([node for k, node in enumerate(graph.nodes) if outcome >> k & 1]),
        }
        for outcome, cut, count in zip(
            outcomes[:most].tolist(), found.tolist(), shots[:most].tolist(), strict=True
        )
    ]


def expected_cuts(run: Run, *, runtime: Runtime) -> tuple[Sequence[float], Sequence[float]]:
    """Return the expected cut of each iteration, and its standard error."""
    energies = [iteration.energies[0] for iteration in runtime.journal.iterations(run.run_id)]
    return [-value for value, _ in energies], [stderr for _, stderr in energies]


def _seen(run: Run, *, runtime: Runtime) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the outcomes of the final measurement without more noise, most frequent first."""
    rows = query(runtime.home.lake, _FINAL.format(run_id=run.run_id)).rows
    return (
        np.array([outcome for outcome, _ in rows], dtype=np.uint64),
        np.array([shots for _, shots in rows], dtype=np.int64),
    )
