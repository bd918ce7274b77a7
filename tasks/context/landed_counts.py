"""Counts of an execution read back from the lake, where the target keeps them no longer."""

import numpy as np

from datasets.home import Home
from datasets.lake.views import query
from datasets.records.executions import Counts, Execution

_COUNTS = """
    SELECT executable, any_value(n_qubits), list(outcome ORDER BY outcome),
           list("count" ORDER BY outcome)
    FROM counts WHERE execution_id = '{execution_id}' GROUP BY executable
"""


def landed_counts(execution: Execution, *, home: Home) -> tuple[Counts, ...]:
    """Return the counts that have landed, one an executable; nothing where none have.

    An executable of which nothing came back has no counts.
    """
    sql = _COUNTS.format(execution_id=execution.execution_id)
    found = {row[0]: row[1:] for row in query(home.lake, sql).rows}
    if not found:
        return ()
    n_qubits = next(iter(found.values()))[0]
    return tuple(
        Counts(
            executable,
            n_qubits,
            np.array(found[place][1] if place in found else [], dtype=np.uint64),
            np.array(found[place][2] if place in found else [], dtype=np.uint32),
        )
        for place, executable in enumerate(execution.executables)
    )
