"""A server whose database was busy is asked again for whoever would not ask again."""

import asyncio
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deployments.server.patience import MAX_BODY_BYTES, Patience

CREATED, BUSY = 201, 503


class LockedError(Exception):
    """What a database raises that is busy."""


class Application:
    """Answers 503 so often, and remembers what it was asked."""

    def __init__(self, *, busy: int) -> None:
        self.busy = busy
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert "routed" not in scope
        scope["routed"] = True
        body, more = b"", True
        while more:
            message = await receive()
            body += message["body"]
            more = message["more_body"]
        self.bodies.append(body)
        status = BUSY if len(self.bodies) <= self.busy else CREATED
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"part of ", "more_body": True})
        await send({"type": "http.response.body", "body": str(status).encode()})
        if status == BUSY:
            raise LockedError  # as Starlette does after it has answered


def answer(
    app: Application, *parts: bytes, method: str = "POST", length: int | None = None, waits: int = 3
) -> tuple[int, bytes]:
    """Return the one answer that the caller gets, its status and its body."""
    coming = [
        {"type": "http.request", "body": part, "more_body": more}
        for part, more in zip(parts, [True] * (len(parts) - 1) + [False], strict=True)
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return coming.pop(0) if coming else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    told = sum(map(len, parts)) if length is None else length
    scope = {
        "type": "http",
        "method": method,
        "headers": [(b"content-length", str(told).encode())] if told >= 0 else [],
    }
    with suppress(LockedError):
        asyncio.run(Patience(app, (0.0,) * waits)(scope, receive, send))  # type: ignore[arg-type]
    start, *bodies = sent
    return start["status"], b"".join(one["body"] for one in bodies)


@given(
    parts=st.lists(st.binary(max_size=40), min_size=1, max_size=5),
    busy=st.integers(0, 5),
    method=st.sampled_from(["POST", "PUT", "PATCH", "DELETE"]),
)
def test_a_busy_server_is_asked_the_same_until_it_answers(
    parts: list[bytes], busy: int, method: str
) -> None:
    app = Application(busy=busy)
    status, body = answer(app, *parts, method=method)
    assert app.bodies == [b"".join(parts)] * min(busy + 1, 4)
    assert status == (CREATED if busy <= 3 else BUSY)
    assert body == f"part of {status}".encode()


def test_what_only_reads_or_may_be_long_is_asked_once() -> None:
    for asked in ({"method": "GET"}, {"length": -1}, {"length": MAX_BODY_BYTES + 1}):
        app = Application(busy=1)
        assert answer(app, b"body", **asked) == (BUSY, b"part of 503")  # type: ignore[arg-type]
        assert app.bodies == [b"body"]


def test_a_caller_who_has_gone_is_not_answered() -> None:
    app = Application(busy=0)
    sent: list[object] = []

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "headers": [(b"content-length", b"4")]}
    asyncio.run(Patience(app)(scope, gone, send))  # type: ignore[arg-type]
    assert (app.bodies, sent) == ([], [])
