"""What a search for a maximum cut found: the cut that is expected, and the best that was seen."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from datasets.records.executions import Collected
from datasets.records.graphs import Graph
from tasks.core.mitigation import zne
from tasks.core.physics.cuts import are, bitstring, cuts
from tasks.core.planning.samples import counts_by_variant
from tasks.workloads.search.result import VqeResult, plain


@dataclass(frozen=True, slots=True)
class CutResult:
    """One cut of a graph, and all of them on average; plain JSON types only.

    A cut is what the edges weigh whose ends are on different sides. `expected_cut` is minus the
    energy, with its standard error in `stderr`; what was seen is of the final measurement without
    more noise, `samples` shots. `best_bitstring` has node 0 leftmost, and of the outcomes with the
    largest cut it was seen most often; `sides` are the nodes where it has 0, and where it has 1.
    What depends on the largest cut that there is, `max_cut`, is null where nobody knows it; the
    ratios are null too where that is 0.
    """

    graph: str
    nodes: int
    edges: int
    expected_cut: float
    raw_expected_cut: float
    max_cut: float | None
    approximation_ratio: float | None
    raw_approximation_ratio: float | None
    samples: int
    best_cut: float
    best_bitstring: str
    best_frequency: float
    sides: tuple[tuple[str, ...], tuple[str, ...]]
    optimal_probability: float | None


def cut_result(
    result: VqeResult, *, graph: Graph, collected: Sequence[Collected]
) -> dict[str, Any]:
    """Return a variational run's result with what its final counts say of cuts."""
    counts = counts_by_variant(collected)[zne.variant(1)]
    found, seen = cuts(graph, counts.outcomes), counts.counts.astype(np.int64)
    shots = int(seen.sum())
    best = float(found.max())
    where = np.flatnonzero(are(found, best, graph=graph))
    place = where[np.argmax(seen[where])]
    outcome = int(counts.outcomes[place])
    most = None if result.exact_energy is None else -result.exact_energy
    optimal = None if most is None else float(seen[are(found, most, graph=graph)].sum() / shots)
    of_cuts = CutResult(
        graph=graph.name,
        nodes=len(graph.nodes),
        edges=len(graph.edges),
        expected_cut=-result.energy,
        raw_expected_cut=-result.raw_energy,
        max_cut=most,
        approximation_ratio=-result.energy / most if most else None,
        raw_approximation_ratio=-result.raw_energy / most if most else None,
        samples=shots,
        best_cut=best,
        best_bitstring=bitstring(outcome, len(graph.nodes)),
        best_frequency=float(seen[place] / shots),
        sides=_sides(graph, outcome),
        optimal_probability=optimal,
    )
    return plain(result) | asdict(of_cuts)


def _sides(graph: Graph, outcome: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    zeros, ones = (
        tuple(node for k, node in enumerate(graph.nodes) if outcome >> k & 1 == side)
        for side in (0, 1)
    )
    return zeros, ones
