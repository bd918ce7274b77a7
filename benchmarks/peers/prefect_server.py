"""A Prefect server for as long as a peer works, quiet and on its own database."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datasets.home import Home
from deployments.server.ephemeral import prefect_server


@contextmanager
def serving() -> Iterator[None]:
    """Start it and wait until it answers; import Prefect afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        home.logs.mkdir(parents=True)
        with prefect_server(home) as server:
            if server:
                server.ready()
            yield
