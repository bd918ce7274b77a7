"""Run a Prefect server until its parent ends, on the socket that the parent has bound."""

import os
import socket
import sys
from collections.abc import Callable
from functools import partial

import uvicorn

from deployments.server.children import when_parent_ends
from deployments.server.first_start import begin
from deployments.server.guard import Guard, hosts_of
from deployments.server.patience import Patience
from deployments.server.reports import Reporter
from deployments.server.services import Watch


class Server(uvicorn.Server):
    """Calls `begun` as soon as it answers."""

    def __init__(self, config: uvicorn.Config, *, begun: Callable[[], None]) -> None:
        super().__init__(config)
        self._begun = begun

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then say so."""
        await super().startup(sockets)
        if self.started:
            self._begun()


def guarded_app(port: int) -> Guard:
    """Return Prefect's application for those who may ask a server at this port."""
    from prefect.server.api.server import create_app

    return Guard(Patience(create_app()), hosts_of(port))


def main() -> None:
    """Serve the Prefect API on the socket of the first argument; report to that of the second."""
    listener, report = socket.socket(fileno=int(sys.argv[1])), Reporter(int(sys.argv[2]))
    started, watch = begin(), Watch(report)
    lasting = not os.environ.get("PREFECT__SERVER_EPHEMERAL")  # that of a command has few services

    def begun() -> None:
        started()
        report.ready()
        if lasting:
            watch.begin()

    config = uvicorn.Config(
        partial(guarded_app, port=int(listener.getsockname()[1])),
        factory=True,
        log_level="error",
        timeout_graceful_shutdown=2,
    )
    server = Server(config, begun=begun)

    def stop() -> None:
        if not server.started:
            os._exit(0)  # nobody has been served yet; migrations are transactions
        watch.stopping = server.should_exit = True

    when_parent_ends(stop)
    if lasting:
        watch.attach()
    server.run(sockets=[listener])
    # What was to be written is: taking the process apart would only keep the command waiting.
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
