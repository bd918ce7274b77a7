"""How many points go together: as many as memory holds, whatever the number of points."""

from typing import Final

from tasks.core.sweeps.work import CHUNK_POINTS

MAX_ROWS: Final = 2**20  # of counts a chunk: some 100 MB on their way into the lake
MIN_POINTS: Final = 64


def chunk_points(*, n_qubits: int, n_forms: int, shots: int, limit: int | None = None) -> int:
    """Return the points of a chunk, from what a sweep is alone, so that it is always the same.

    `limit` is how many executables a device takes together: a chunk is then a few of its tasks.
    """
    outcomes: int = min(1 << min(n_qubits, 62), shots)
    fitting = max(MIN_POINTS, MAX_ROWS // (outcomes * n_forms))
    if limit is not None:
        fitting = min(fitting, max(1, limit // n_forms))
    return min(fitting, CHUNK_POINTS)
