"""Check members against the service's model, and say what is wrong as AWS services say it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from deployments.sandbox.service_model import Shape, shapes
from deployments.sandbox.wire import invalid

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "timestamp": (int, float, str),
    "boolean": (bool,),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
}
_BOUNDS = {
    "string": ("length less than or equal to", "length greater than or equal to"),
    "list": ("length less than or equal to", "length greater than or equal to"),
    "map": ("length less than or equal to", "length greater than or equal to"),
    "integer": ("value less than or equal to", "value greater than or equal to"),
    "long": ("value less than or equal to", "value greater than or equal to"),
}


def check(members: dict[str, Any], *, shape: Shape) -> None:
    """Return when the members are what the shape asks for.

    Raises:
        Refusal: ValidationException with every error found.
    """
    errors = list(_structure(members, shape=shape, path=""))
    if errors:
        plural = "errors" if len(errors) > 1 else "error"
        message = f"{len(errors)} validation {plural} detected: {'; '.join(errors)}"
        raise invalid(message)


def _structure(value: dict[str, Any], *, shape: Shape, path: str) -> Iterator[str]:
    members = shape["members"]
    for name in sorted(value.keys() - members.keys()):
        yield _failed(value[name], f"{path}{name}", "Member is not known")
    for name in shape.get("required", ()):
        if value.get(name) is None:
            yield _failed(None, f"{path}{name}", "Member must not be null")
    for name, member in members.items():
        if value.get(name) is not None:
            found = shapes()[member["shape"]]
            is_json = member.get("jsonvalue", False)
            yield from _value(value[name], shape=found, path=f"{path}{name}", is_json=is_json)


def _value(value: Any, *, shape: Shape, path: str, is_json: bool = False) -> Iterator[str]:
    kind = shape["type"]
    if not _is(value, kind):
        yield _failed(value, path, f"Member must be of type {kind}")
        return
    yield from _limits(value, shape=shape, path=path)
    match kind:
        case "structure":
            yield from _structure(value, shape=shape, path=f"{path}.")
        case "list":
            inner = shapes()[shape["member"]["shape"]]
            for number, item in enumerate(value, start=1):
                yield from _value(item, shape=inner, path=f"{path}.{number}.member")
        case "map":
            inner = shapes()[shape["value"]["shape"]]
            for key, item in value.items():
                yield from _value(item, shape=inner, path=f"{path}.{key}.member")
        case _ if is_json:
            yield from _json(value, path=path)


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _limits(value: Any, *, shape: Shape, path: str) -> Iterator[str]:
    if shape["type"] in _BOUNDS:
        most, least = _BOUNDS[shape["type"]]
        size = value if isinstance(value, int) else len(value)
        if size > shape.get("max", size):
            yield _failed(value, path, f"Member must have {most} {shape['max']}")
        if size < shape.get("min", size):
            yield _failed(value, path, f"Member must have {least} {shape['min']}")
    if "enum" in shape and value not in shape["enum"]:
        yield _failed(value, path, f"Member must satisfy enum value set: {_listed(shape['enum'])}")
    if "pattern" in shape and re.fullmatch(shape["pattern"], value) is None:
        rule = f"Member must satisfy regular expression pattern: {shape['pattern']}"
        yield _failed(value, path, rule)


def _json(value: str, *, path: str) -> Iterator[str]:
    try:
        json.loads(value)
    except (ValueError, RecursionError):
        yield _failed(value, path, "Member must be a JSON document")


def _listed(names: list[str]) -> str:
    return f"[{', '.join(names)}]"


def _failed(value: Any, path: str, rule: str) -> str:
    shown = (
        "null" if value is None else f"'{value if isinstance(value, str) else json.dumps(value)}'"
    )
    return f"Value {shown[:300]} at '{path}' failed to satisfy constraint: {rule}"
