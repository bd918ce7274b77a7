"""Ask Prefect's application again where its database was busy, as Prefect's own client does.

A transaction of SQLite that reads before it writes fails at once where another one has written in
between, whatever the timeout. Prefect takes it back and answers 503, and its client asks again;
pages in a browser do not, and a form that was sent comes to nothing. Requests that only read never
meet that, so they are left alone, and so are those whose body is long or of unknown length.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

WAITS_S: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # between attempts; a browser goes on waiting
MAX_BODY_BYTES: Final = 4_000_000  # kept until the answer begins
_WRITING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_BUSY: Final = 503


@dataclass(frozen=True, slots=True)
class Patience:
    """An application that is asked again while it is busy."""

    app: ASGIApp
    waits_s: Sequence[float] = WAITS_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a last 503 stands."""
        if not _is_repeatable(scope):
            await self.app(scope, receive, send)
            return
        body = await _body(receive)
        if body is None:
            return
        for wait_s in self.waits_s:
            if await _answered(self.app, scope, _again(body, receive), send):
                return
            await asyncio.sleep(wait_s * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
        await self.app(scope, _again(body, receive), send)


def _is_repeatable(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in _WRITING:
        return False
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return len(lengths) == 1 and lengths[0].isdigit() and int(lengths[0]) <= MAX_BODY_BYTES


async def _body(receive: Receive) -> bytes | None:
    """Return the whole body; None where the caller has gone before its end."""
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what gives the body, and then what else the caller says."""
    given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return given.pop() if given else await receive()

    return received


async def _answered(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> bool:
    """Ask once, and pass the answer on as it comes; return False where it was 503."""
    busy = False

    async def sent(message: Message) -> None:
        nonlocal busy
        if message["type"] == "http.response.start":
            busy = message["status"] == _BUSY
        if not busy:
            await send(message)

    try:
        await app(dict(scope), receive, sent)  # routing writes into the scope
    except Exception:
        # Starlette answers, and then raises what it has answered, for the server's log.
        if not busy:
            raise
    return not busy
