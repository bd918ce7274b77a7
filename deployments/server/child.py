"""A Prefect server that lives as long as whoever started it.

Its standard input is a pipe from the parent. When that closes, because the parent is done or was
killed, the server stops: no orphan is left, whatever happened.
"""

import os
import sys
import threading

import uvicorn


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
    threading.Thread(target=_stop_with_parent, args=(server,), daemon=True).start()
    server.run()
    # What was to be written is: taking the process apart would only keep the command waiting.
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)


def _stop_with_parent(server: uvicorn.Server) -> None:
    sys.stdin.buffer.read()
    if not server.started:
        os._exit(0)  # nobody has been served yet; migrations are transactions
    server.should_exit = True


if __name__ == "__main__":
    main()
