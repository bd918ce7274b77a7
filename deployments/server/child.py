"""A Prefect server that lives as long as whoever started it."""

import os
import sys

import uvicorn

from deployments.server.children import when_parent_ends


def main() -> None:
    """Serve the Prefect API on 127.0.0.1 at the port in the first argument."""
    config = uvicorn.Config(
        "prefect.server.api.server:create_app",
        factory=True,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="error",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)

    def stop() -> None:
        if not server.started:
            os._exit(0)  # nobody has been served yet; migrations are transactions
        server.should_exit = True

    when_parent_ends(stop)
    server.run()
    # What was to be written is: taking the process apart would only keep the command waiting.
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
