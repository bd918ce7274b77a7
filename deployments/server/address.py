"""Where a Prefect server is, whether it answers, and the socket that ours answers on."""

import base64
import json
import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, Final

from tasks.errors import BadInput

START_TIMEOUT_S: Final = 180.0  # a new home's database is migrated first, on a busy machine
POLL_S: Final = 0.05
_BACKLOG: Final = 2048  # connections that wait while the server starts
_OK: Final = 200
_UNAUTHORISED: Final = 401


def listening(port: int = 0) -> socket.socket:
    """Return a socket that listens on 127.0.0.1, at a free port unless one is given.

    Whoever starts a server takes the port first and hands the socket over: no other process can
    come in between and be taken for the server.

    Raises:
        BadInput: somebody listens there, or this user may not.
    """
    found = socket.socket()
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(("127.0.0.1", port))
        found.listen(_BACKLOG)
    except OSError as error:
        found.close()
        message = (
            f"Port {port} of 127.0.0.1 cannot be used: {error.strerror}. "
            "Choose another one with --port."
        )
        raise BadInput(message) from error
    return found


def healthy(url: str) -> bool:
    """Whether the API at `url` answers."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310 - http
            return bool(answer.status == _OK)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def answers_in_time(url: str, *, going_on: Callable[[], bool]) -> bool:
    """Wait until the API answers; False if it does not, or whoever serves it has ended."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and going_on():
        if healthy(url):
            return True
        time.sleep(POLL_S)
    return False


def check_usable(url: str) -> None:
    """Refuse a server that does not answer, or does not let us in.

    Raises:
        BadInput: what it is, and what to do.
    """
    try:
        found = _asked(f"{url.rstrip('/')}/flows/count")
    except urllib.error.HTTPError as error:
        raise BadInput(_refusal(url, error.code)) from error
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "reason", "") or error).strip() or type(error).__name__
        message = (
            f"No Prefect server answers at {url} ({reason}). "
            "Start one with `qrt up`, or correct PREFECT_API_URL."
        )
        raise BadInput(message) from error
    if not isinstance(found, int):
        raise BadInput(_refusal(url, _OK))


def _asked(address: str) -> Any:
    """Return the answer to an empty filter."""
    request = urllib.request.Request(address, data=b"{}", headers=_headers(), method="POST")  # noqa: S310 - the user's own URL
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the same
        return json.loads(answer.read())


def _refusal(url: str, status: int) -> str:
    if status == _UNAUTHORISED:
        return (
            f"The Prefect server at {url} does not know this caller. "
            "Set PREFECT_API_AUTH_STRING to its PREFECT_SERVER_API_AUTH_STRING."
        )
    return (
        f"{url} answers {status}, and not as a Prefect server's API does. "
        "Set PREFECT_API_URL to http://HOST:PORT/api."
    )


def _headers() -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if given := os.environ.get("PREFECT_API_AUTH_STRING"):
        headers["Authorization"] = f"Basic {base64.b64encode(given.encode()).decode()}"
    return headers
