"""The STS calls that Braket's users make: GetCallerIdentity and AssumeRole."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from deployments.sandbox import markup
from deployments.sandbox.wire import ACCOUNT, Answer, Caller, Refusal, Request
from tasks.core.identity import digest

_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/(?:\S+/)?([\w+=,.@-]+)")
_SHORTEST_S, _USUAL_S, _LONGEST_S = 900, 3600, 43_200
_KEY_DIGITS = 16


def operation(request: Request) -> str:
    """Return which operation the request is for."""
    return _form(request).get("Action", "")


def handle(request: Request, caller: Caller, *, now_s: float) -> Answer:
    """Return who the caller is, or credentials of a role."""
    match operation(request):
        case "GetCallerIdentity":
            return _answer("GetCallerIdentity", _identity(caller))
        case "AssumeRole":
            return _answer("AssumeRole", _assumed(_form(request), now_s=now_s))
        case _:
            message = "This sandbox answers GetCallerIdentity and AssumeRole only."
            raise Refusal(400, "InvalidAction", message)


def _identity(caller: Caller) -> Sequence[markup.Node]:
    return [
        ("Arn", f"arn:aws:iam::{ACCOUNT}:user/{caller.access_key}"),
        ("UserId", caller.access_key),
        ("Account", ACCOUNT),
    ]


def _assumed(form: dict[str, str], *, now_s: float) -> Sequence[markup.Node]:
    role, session = form.get("RoleArn", ""), form.get("RoleSessionName", "")
    named = _ROLE.fullmatch(role)
    if named is None or not session:
        message = f"{role or 'RoleArn'} is invalid"
        raise Refusal(400, "ValidationError", message)
    asked_s = int(form.get("DurationSeconds", _USUAL_S))
    ends = datetime.fromtimestamp(now_s + min(max(asked_s, _SHORTEST_S), _LONGEST_S), UTC)
    key = f"ASIA{digest([role, session])[:_KEY_DIGITS].upper()}"
    return [
        (
            "Credentials",
            [
                ("AccessKeyId", key),
                ("SecretAccessKey", digest([key, "secret"])),
                ("SessionToken", digest([key, "token"])),
                ("Expiration", f"{ends:%Y-%m-%dT%H:%M:%SZ}"),
            ],
        ),
        (
            "AssumedRoleUser",
            [
                ("Arn", f"arn:aws:sts::{ACCOUNT}:assumed-role/{named[1]}/{session}"),
                ("AssumedRoleId", f"{key}:{session}"),
            ],
        ),
    ]


def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode("latin-1")))


def _answer(name: str, result: Sequence[markup.Node]) -> Answer:
    nodes: list[markup.Node] = [
        (f"{name}Result", result),
        ("ResponseMetadata", [("RequestId", "sandbox")]),
    ]
    return markup.answer(200, f"{name}Response", nodes, namespace=_NAMESPACE)
