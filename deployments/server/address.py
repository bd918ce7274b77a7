"""Where a Prefect server is, whether it answers, and the socket that ours answers on."""

import base64
import http.client
import json
import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from tasks.errors import BadInput

START_TIMEOUT_S: Final = 180.0  # a new home's database is migrated first, on a busy machine
POLL_S: Final = 0.05
_BACKLOG: Final = 2048  # connections that wait while the server starts
_OK: Final = 200
_UNAUTHORISED: Final = 401
_BUSY: Final = {429, 502, 503, 504}
_CONNECT_S: Final = 5.0
_SLOW_S: Final = 60.0
_OF_OTHERS: Final = "Set PREFECT_API_AUTH_STRING to its PREFECT_SERVER_API_AUTH_STRING."


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


def accepts(url: str) -> bool:
    """Whether anything takes connections at the address; who it is is not asked."""
    try:
        _connect(url)
    except (OSError, ValueError):
        return False
    return True


def _connect(url: str) -> None:
    """Connect and hang up: one that is not there at all is found out soon."""
    parts = urlsplit(url)
    if not parts.hostname:
        message = "it is no address"
        raise ValueError(message)
    if parts.scheme in urllib.request.getproxies():
        return  # who is there, the proxy alone knows
    port = parts.port or (443 if parts.scheme == "https" else 80)
    socket.create_connection((parts.hostname, port), timeout=_CONNECT_S).close()


def check_usable(
    url: str, *, settings: Mapping[str, str] = os.environ, remedy: str = _OF_OTHERS
) -> None:
    """Refuse a server that does not answer, or does not let in a caller with these settings.

    `remedy` is what to do about a password that it does not know.

    Raises:
        BadInput: what it is, and what to do.
    """
    try:
        _connect(url)
        found = _asked_patiently(url, headers=_headers(settings))
    except urllib.error.HTTPError as error:
        error.close()
        raise BadInput(_refusal(url, error.code, remedy)) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        cause = getattr(error, "reason", error)
        reason = getattr(cause, "strerror", None) or str(cause).strip() or type(error).__name__
        message = (
            f"No Prefect server answers at {url} ({reason}). "
            "Start one with `qrt up`, or correct PREFECT_API_URL."
        )
        raise BadInput(message) from error
    if not isinstance(found, int):
        raise BadInput(_refusal(url, _OK, remedy))


def _asked_patiently(url: str, *, headers: Mapping[str, str]) -> Any:
    """Return the answer to a question; one that takes connections may be slow to answer."""
    deadline = time.monotonic() + _SLOW_S
    while True:
        try:
            return _asked(f"{url.rstrip('/')}/flows/count", headers=headers)
        except urllib.error.HTTPError as error:
            if error.code not in _BUSY or time.monotonic() >= deadline:
                raise
        except (TimeoutError, ConnectionResetError, http.client.RemoteDisconnected):
            if time.monotonic() >= deadline:
                raise
        time.sleep(1)


def _asked(address: str, *, headers: Mapping[str, str]) -> Any:
    """Return the answer to an empty filter."""
    request = urllib.request.Request(address, data=b"{}", headers=dict(headers), method="POST")  # noqa: S310 - the user's own URL
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - the same
        return json.loads(answer.read())


def _refusal(url: str, status: int, remedy: str) -> str:
    if status == _UNAUTHORISED:
        return f"The Prefect server at {url} does not know this caller. {remedy}"
    return (
        f"{url} answers {status}, and not as a Prefect server's API does. "
        "Set PREFECT_API_URL to http://HOST:PORT/api."
    )


def _headers(settings: Mapping[str, str]) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if word := settings.get("PREFECT_API_AUTH_STRING"):
        headers["Authorization"] = f"Basic {base64.b64encode(word.encode()).decode()}"
    elif key := settings.get("PREFECT_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    return headers
