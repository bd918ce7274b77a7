"""A notebook's cell that measures one table of points in several threads at once.

Prints one JSON object: of each thread its run and values, or what went wrong.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from deployments.notebook import sweep
from tasks.errors import RuntimeFault

THREADS = 4
CIRCUIT = "OPENQASM 3.0; input float theta; qubit[1] q; ry(theta) q[0];"
POINTS = {"theta": [0.0, 0.5, 1.0]}


def main() -> int:
    """Run them."""
    with ThreadPoolExecutor(THREADS) as pool:
        print(json.dumps(list(pool.map(measured, range(1, THREADS + 1)))))  # noqa: T201 - the answer
    return 0


def measured(seed: int) -> dict[str, Any]:
    """Return one thread's answer."""
    try:
        run = sweep(CIRCUIT, points=POINTS, seed=seed, progress=False)
        return {"run_id": run.run_id, "values": list(run.table()["value"])}
    except RuntimeFault as fault:
        return {"fault": str(fault)}
