"""The XML that S3 and STS answer with."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from deployments.sandbox.wire import Answer, Refusal

Node = tuple[str, "str | Iterable[Node]"]


def answer(status: int, root: str, nodes: Iterable[Node], *, namespace: str = "") -> Answer:
    """Return an answer that holds one element with `nodes` in it."""
    attribute = f' xmlns="{namespace}"' if namespace else ""
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{attribute}>{_text(nodes)}</{root}>'
    return Answer(status, text.encode(), {"content-type": "application/xml"})


def s3_refusal(refusal: Refusal, *, resource: str) -> Answer:
    """Return a refusal in S3's form."""
    nodes = [("Code", refusal.code), ("Message", refusal.message), ("Resource", resource)]
    return answer(refusal.status, "Error", nodes)


def sts_refusal(refusal: Refusal) -> Answer:
    """Return a refusal in the form of STS."""
    nodes: list[Node] = [("Type", "Sender"), ("Code", refusal.code), ("Message", refusal.message)]
    return answer(refusal.status, "ErrorResponse", [("Error", nodes)])


def _text(nodes: Iterable[Node]) -> str:
    return "".join(
        f"<{name}>{escape(inner) if isinstance(inner, str) else _text(inner)}</{name}>"
        for name, inner in nodes
    )
