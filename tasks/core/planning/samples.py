"""Sort what executions brought back by point, variant and basis."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from datasets.records.executions import Collected, Counts
from tasks.core.mitigation.composition import Sample
from tasks.core.physics.grouping import Group


def samples(
    collected: Iterable[Collected], *, groups: Sequence[Group], constant: float
) -> tuple[Sample, ...]:
    """Return one sample a point, in the order of the points, counts of equal executables added."""
    by_point: dict[int, dict[str, dict[str, Counts]]] = defaultdict(lambda: defaultdict(dict))
    for found in (counts for item in collected for counts in item.counts):
        executable = found.executable
        bases = by_point[executable.point][executable.variant]
        known = bases.get(executable.basis)
        bases[executable.basis] = added(known, found) if known else found
    return tuple(Sample(groups, constant, by_point[point]) for point in sorted(by_point))


def counts_by_variant(collected: Iterable[Collected]) -> dict[str, Counts]:
    """Add up the counts of each variant, for executions of a single point and basis."""
    total: dict[str, Counts] = {}
    for found in (counts for item in collected for counts in item.counts):
        variant = found.executable.variant
        total[variant] = added(total[variant], found) if variant in total else found
    return total


def added(one: Counts, other: Counts) -> Counts:
    """Return both counts of one executable as one."""
    outcomes, place = np.unique(np.concatenate([one.outcomes, other.outcomes]), return_inverse=True)
    seen = np.bincount(place, weights=np.concatenate([one.counts, other.counts]))
    return Counts(one.executable, one.n_qubits, outcomes, seen.astype(np.uint32))
