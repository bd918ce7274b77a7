"""Content addresses: the same content has the same id, in every process and on every machine."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from enum import Enum

EXECUTION_ID_LENGTH = 40  # Braket's clientToken takes 64 characters, a tag value 256
_AS_IS = frozenset({type(None), bool, int, float, str})


def canonical(value: object) -> bytes:
    """Serialise `value` to the one JSON text that stands for it.

    Keys are sorted, there is no white space, floats have their shortest exact form, decimals,
    times and enums are strings, dataclasses are objects.

    Raises:
        ValueError: a float is NaN or infinite.
        TypeError: a value has no canonical form.
    """
    plain = _plain(value)
    return json.dumps(
        plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(value: object) -> str:
    """Return the sha256 of the canonical form of `value`, 64 hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def execution_id(
    action: bytes,
    *,
    target: str,
    device_parameters: Mapping[str, object],
    shots: int,
    repetition: int,
    run_id: str,
) -> str:
    """Return the id of one paid unit of work; also its clientToken, tag and file name."""
    rest = canonical([target, device_parameters, shots, repetition, run_id])
    return hashlib.sha256(action + b"\n" + rest).hexdigest()[:EXECUTION_ID_LENGTH]


def _plain(value: object) -> object:
    if type(value) in _AS_IS:  # most are: trying the cases in turn takes several times as long
        return value
    match value:
        case None | bool() | int() | float() | str():
            return value.value if isinstance(value, Enum) else value
        case Enum():
            return value.value
        case Decimal():
            return format(value.normalize(), "f")
        case datetime() | time():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case Sequence():
            return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: _plain(getattr(value, field.name)) for field in fields}
    message = f"{type(value).__name__} has no canonical form"
    raise TypeError(message)
