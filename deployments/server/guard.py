"""Guard a server against foreign pages: checks Host and Origin before the application.

A page of another origin reaches a server on this machine in two ways: it sends requests across
origins, or it has its own name resolved to 127.0.0.1. The first names its origin, the second its
host, and neither is ours.
"""

import base64
import binascii
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS: Final = "QRT_ALLOWED_HOSTS"
_PORTS: Final = {"http": "80", "https": "443"}  # of who names none
_OWN_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
_UNKNOWN: Final = 401
_MISDIRECTED: Final = 421
_FORBIDDEN: Final = 403
_REFUSED_SOCKET: Final = 1008
_NOT_IN_A_FRAME: Final = (
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"frame-ancestors 'none'"),
)


def hosts_of(port: int, environment: Mapping[str, str] | None = None) -> frozenset[str]:
    """Return the hosts that a server answers to: its own, and those that QRT_ALLOWED_HOSTS names.

    They are as in a Host header, `name:port`; a name alone stands for any port.
    """
    settings = os.environ if environment is None else environment
    named = (each.strip().lower() for each in settings.get(HOSTS, "").split(","))
    return frozenset({*(f"{name}:{port}" for name in _OWN_NAMES), *filter(None, named)})


def origins_of(hosts: Iterable[str]) -> tuple[str, ...]:
    """Return the origins of the pages that a server of these hosts serves."""
    schemes = ("http", "https")
    return tuple(sorted(f"{scheme}://{host}" for host in hosts for scheme in schemes))


@dataclass(frozen=True, slots=True)
class Guard:
    """An application before which callers are looked at."""

    app: ASGIApp
    hosts: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse whoever does not name this server or comes from another's page."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
        elif refusal := self._refusal(scope):
            await _refuse(scope, send, *refusal)
        else:
            await self.app(scope, receive, _unframed(send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        hosts, origins = (_values(scope, name) for name in (b"host", b"origin"))
        if len(hosts) != 1 or not self._knows(hosts[0]):
            return _MISDIRECTED, f"This server does not answer to that Host. {HOSTS} can add it."
        if not all(self._is_own(origin) for origin in origins):
            return _FORBIDDEN, "This server takes no requests from pages of another origin."
        if not all(_is_comparable(each) for each in _raw(scope, b"authorization")):
            return _UNKNOWN, "That is not the password of this server."
        return None

    def _knows(self, host: str, *, port: str = _PORTS["http"]) -> bool:
        """Whether a host is this server's; `port` is that of one which names none."""
        name, _, named = host.rpartition(":")
        name, port = (name, named) if named.isdigit() else (host, port)
        # Whatever ends so is this machine, by RFC 6761: S3's clients put a bucket before it.
        own = "localhost" if name.endswith(".localhost") else name
        return bool({f"{own}:{port}", name} & self.hosts)

    def _is_own(self, origin: str) -> bool:
        scheme, _, host = origin.partition("://")
        return scheme in _PORTS and self._knows(host, port=_PORTS[scheme])


def _raw(scope: Scope, wanted: bytes) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == wanted]


def _values(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1").lower() for value in _raw(scope, wanted)]


def _is_comparable(authorisation: bytes) -> bool:
    """Whether Prefect can compare it with a password, which it does in ASCII alone."""
    scheme, _, word = authorisation.strip().partition(b" ")
    if scheme.lower() != b"basic":
        return True  # as an AWS client's signature is
    try:
        return base64.b64decode(word).isascii()
    except binascii.Error:
        return True  # what is no such word at all is Prefect's to refuse


async def _refuse(scope: Scope, send: Send, status: int, text: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": _REFUSED_SOCKET, "reason": text})
        return
    head = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": f"{text}\n".encode()})


def _unframed(send: Send) -> Send:
    """Have no page show ours in a frame, where people could be made to click."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_NOT_IN_A_FRAME]
        await send(message)

    return sent
