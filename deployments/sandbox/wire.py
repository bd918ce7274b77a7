"""What crosses the wire: requests with their credential scope, answers, and refusals."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Service = Literal["braket", "s3", "sts"]
ACCOUNT = "000000000000"  # whose requests they are: there are no accounts here


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, its path still percent-encoded, its header names in lower case."""

    method: str
    path: str
    query: Mapping[str, tuple[str, ...]]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request, for which region and service."""

    access_key: str
    region: str
    service: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. A `lost` one never arrives: the connection closes after the headers."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False


class Refusal(Exception):  # noqa: N818 - an answer that Braket's clients understand, not a fault of ours
    """An answer other than success, in the words of the service."""

    def __init__(self, status: int, code: str, message: str, **more: object) -> None:
        self.status, self.code, self.message, self.more = status, code, message, more
        super().__init__(status, code, message)


def plain(status: int, document: Mapping[str, Any]) -> Answer:
    """Return an answer that holds a JSON object."""
    body = json.dumps(document, ensure_ascii=False).encode()
    return Answer(status, body, {"content-type": "application/json"})


def invalid(message: str, **more: object) -> Refusal:
    """Return the refusal of a request that breaks a rule of the operation."""
    return Refusal(400, "ValidationException", message, **more)


def caller_of(request: Request) -> Caller | None:
    """Return who signed the request (Signature Version 4), or None for an unsigned one.

    The signature itself is not checked: nothing here is worth a secret.
    """
    stated = request.headers.get("authorization", "")
    _, found, rest = stated.partition("Credential=")
    scope = rest.partition(",")[0] if found else next(iter(request.query.get(_PRESIGNED, ())), "")
    parts = scope.strip().rsplit("/", 4)
    if len(parts) != _SCOPE_PARTS:
        return None
    return Caller(access_key=parts[0], region=parts[2], service=parts[3])


_PRESIGNED = "X-Amz-Credential"
_SCOPE_PARTS = 5  # access key, date, region, service, aws4_request
