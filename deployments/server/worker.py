"""A Prefect worker that lives as long as whoever started it, and so do the flows that it runs."""

import asyncio
import os
import signal
import sys
import warnings

from deployments.server.children import when_parent_ends


def main() -> None:
    """Take runs from a work pool: its name, the worker's name, and how many runs at once."""
    pool, name, limit = sys.argv[1:]
    # A flow is in this process' group. A run is safe against SIGKILL at any moment, and is resumed.
    when_parent_ends(lambda: os.killpg(0, signal.SIGKILL))
    warnings.simplefilter("ignore", DeprecationWarning)
    from prefect.workers.process import ProcessWorker

    worker = ProcessWorker(
        work_pool_name=pool, name=name, limit=int(limit), create_pool_if_not_found=False
    )
    asyncio.run(worker.start())


if __name__ == "__main__":
    main()
