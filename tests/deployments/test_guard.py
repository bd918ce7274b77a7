"""A server answers callers that know its address, and no page but its own."""

import asyncio
import base64
from typing import Any

import pytest

from deployments.server.guard import Guard, hosts_of, origins_of

PORT = 4200
OTHERS = (
    "evil.example:4200", "evil.example", "127.0.0.1:4201", "127.0.0.1", "localhost.evil:4200",
    "127.0.0.1.evil:4200", "b.localhost:4201", "evillocalhost:4200",
    "[::2]:4200", "", "0.0.0.0:4200", "localhost:4200@evil",
)  # fmt: skip


async def reached(scope: Any, receive: Any, send: Any) -> None:
    """Be an application that everybody may ask."""
    del scope, receive
    await send({"type": "http.response.start", "status": 200, "headers": []})


def asked(
    *headers: tuple[str, str], kind: str = "http", port: int = PORT, **environment: str
) -> dict[str, Any]:
    """Return the first message of the answer."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        raise AssertionError

    guard = Guard(reached, hosts_of(port, environment))
    raw = [(name.encode(), value.encode()) for name, value in headers]
    asyncio.run(guard({"type": kind, "headers": raw}, receive, send))  # type: ignore[arg-type]
    return sent[0]


def status(*headers: tuple[str, str], **environment: str) -> int:
    return int(asked(*headers, **environment)["status"])


@pytest.mark.parametrize(
    "host", ["127.0.0.1:4200", "localhost:4200", "[::1]:4200", "LOCALHOST:4200", "b.localhost:4200"]
)
def test_its_own_names_are_answered(host: str) -> None:
    assert status(("host", host)) == 200
    assert status(("host", host), ("origin", f"http://{host}")) == 200


@pytest.mark.parametrize("host", OTHERS)
def test_another_name_is_refused(host: str) -> None:
    assert status(("host", host)) == 421
    assert asked(("host", host), kind="websocket")["type"] == "websocket.close"


def test_no_name_or_two_are_refused() -> None:
    assert status() == 421
    assert status(("host", "127.0.0.1:4200"), ("host", "evil.example")) == 421


@pytest.mark.parametrize(
    "origin",
    [*(f"http://{host}" for host in OTHERS), "null", "file://", "chrome-extension://abc",
     "http://localhost:8888", "127.0.0.1:4200"],
)  # fmt: skip
def test_a_page_of_another_origin_is_refused(origin: str) -> None:
    assert status(("host", "127.0.0.1:4200"), ("origin", origin)) == 403
    socket = asked(("host", "127.0.0.1:4200"), ("origin", origin), kind="websocket")
    assert socket["type"] == "websocket.close"


def test_names_that_the_operator_adds_are_answered() -> None:
    named = {"QRT_ALLOWED_HOSTS": "qrt.example.org, lab:9000"}
    for host in ("qrt.example.org", "qrt.example.org:443", "lab:9000"):
        assert status(("host", host), **named) == 200
        assert status(("host", host), ("origin", f"https://{host}"), **named) == 200
    assert status(("host", "lab:9001"), **named) == 421
    assert status(("host", "evil.qrt.example.org"), **named) == 421


def test_no_page_may_show_it_in_a_frame() -> None:
    headers = dict(asked(("host", "localhost:4200"))["headers"])
    assert headers[b"x-frame-options"] == b"DENY"
    assert headers[b"content-security-policy"] == b"frame-ancestors 'none'"


def test_the_origins_are_those_of_its_hosts() -> None:
    found = origins_of(hosts_of(PORT, {}))
    assert "http://127.0.0.1:4200" in found
    assert all(origin.endswith(":4200") for origin in found)


def test_the_port_of_whoever_names_none_is_that_of_the_scheme() -> None:
    def answered(*headers: tuple[str, str]) -> bool:
        return bool(asked(*headers, port=80)["status"] == 200)

    assert answered(("host", "localhost"))
    assert answered(("host", "127.0.0.1"), ("origin", "http://127.0.0.1"))
    assert not answered(("host", "127.0.0.1"), ("origin", "https://127.0.0.1"))
    assert not answered(("host", "localhost:81"))


@pytest.mark.parametrize("word", ["qrt:pässwort", "ü:x", "qrt:\x80"])
def test_a_password_that_prefect_cannot_compare_is_a_wrong_one(word: str) -> None:
    basic = base64.b64encode(word.encode()).decode()
    assert status(("host", "localhost:4200"), ("authorization", f"Basic {basic}")) == 401
    plain = base64.b64encode(b"qrt:word").decode()
    assert status(("host", "localhost:4200"), ("authorization", f"Basic {plain}")) == 200
    signed = f"AWS4-HMAC-SHA256 Credential=sandbox/20260101, Signature={'9f' * 32}"
    for other in ("Basic !", "Basic", "Bearer wörd", signed):
        assert status(("host", "localhost:4200"), ("authorization", other)) == 200
