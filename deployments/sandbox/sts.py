"""The one STS call that Braket's clients make: GetCallerIdentity."""

from deployments.sandbox import markup
from deployments.sandbox.wire import ACCOUNT, Answer, Caller, Refusal, Request

_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


def operation(request: Request) -> str:
    """Return which operation the request is for."""
    form = dict(part.partition("=")[::2] for part in request.body.decode("latin-1").split("&"))
    return form.get("Action", "")


def handle(request: Request, caller: Caller) -> Answer:
    """Return who the caller is."""
    if operation(request) != "GetCallerIdentity":
        message = "This sandbox answers GetCallerIdentity only."
        raise Refusal(400, "InvalidAction", message)
    identity: list[markup.Node] = [
        ("Arn", f"arn:aws:iam::{ACCOUNT}:user/{caller.access_key}"),
        ("UserId", caller.access_key),
        ("Account", ACCOUNT),
    ]
    nodes: list[markup.Node] = [
        ("GetCallerIdentityResult", identity),
        ("ResponseMetadata", [("RequestId", "sandbox")]),
    ]
    return markup.answer(200, "GetCallerIdentityResponse", nodes, namespace=_NAMESPACE)
