"""The operations of Amazon Braket, from the model that its own clients are made of."""

import gzip
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

from deployments.sandbox.wire import Request, invalid

Shape = dict[str, Any]
_MODEL = "data/braket/2019-09-01/service-2.json.gz"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: how it is reached, what it takes and what it gives."""

    name: str
    method: str
    path: re.Pattern[str]
    status: int
    takes: Shape
    gives: Shape


@cache
def shapes() -> dict[str, Shape]:
    """Return the shapes of the model by name."""
    found: dict[str, Shape] = _model()["shapes"]
    return found


@cache
def operations() -> tuple[Operation, ...]:
    """Return all operations of the service."""
    return tuple(_operation(name, stated) for name, stated in _model()["operations"].items())


def matching(request: Request) -> tuple[Operation, dict[str, str]] | None:
    """Return the operation that a request is for, and what its path says.

    ARNs hold slashes, percent-encoded: the path is matched before it is decoded.
    """
    for operation in operations():
        found = operation.path.fullmatch(request.path)
        if found and operation.method == request.method:
            return operation, {name: unquote(text) for name, text in found.groupdict().items()}
    return None


def parameters(operation: Operation, request: Request, path: dict[str, str]) -> dict[str, Any]:
    """Return the members of the request, from its path, query and body; not yet checked.

    Raises:
        Refusal: the body is not a JSON object.
    """
    found: dict[str, Any] = dict(path)
    for name, member in operation.takes["members"].items():
        if member.get("location") == "querystring":
            values = request.query.get(member["locationName"], ())
            is_list = shapes()[member["shape"]]["type"] == "list"
            if values:
                found[name] = list(values) if is_list else values[0]
    return found | _body(request)


def _body(request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        message = "The request body is not valid JSON."
        raise invalid(message) from error
    if not isinstance(found, dict):
        message = "The request body is not a JSON object."
        raise invalid(message)
    return found


def _operation(name: str, stated: Shape) -> Operation:
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(stated["http"]["requestUri"]))
    return Operation(
        name=name,
        method=stated["http"]["method"],
        path=re.compile(pattern),
        status=stated["http"].get("responseCode", 200),
        takes=shapes()[stated["input"]["shape"]],
        gives=shapes()[stated["output"]["shape"]],
    )


@cache
def _model() -> dict[str, Any]:
    packed = files("botocore").joinpath(_MODEL).read_bytes()
    model: dict[str, Any] = json.loads(gzip.decompress(packed))
    return model
