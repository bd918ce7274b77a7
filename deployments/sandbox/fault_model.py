"""Faults: what can go wrong on purpose, to whom and how often."""

import json
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from datasets.files.json_text import read_json
from datasets.files.reading import decoded
from tasks.errors import BadInput


class Kind(StrEnum):
    """What goes wrong. Requests first, then devices, then tasks; a task's fate is drawn once."""

    THROTTLE = "throttle"  # 429, with `per_second` only above that rate
    INTERNAL = "internal"  # 500
    SLOW = "slow"  # the answer comes `delay_s` later
    DROP = "drop"  # the connection closes, `when` the work is done (after) or not (before)
    EXPIRED = "expired"  # the credentials are no longer valid
    DENIED = "denied"  # the caller may not do this
    QUEUE_FULL = "queue_full"  # CreateQuantumTask only: 402
    OFFLINE = "offline"
    RETIRED = "retired"
    RECALIBRATED = "recalibrated"  # all errors `factor` times as large, or another snapshot
    DEGRADED = "degraded"  # all errors `factor` times as large as what is published
    FAIL = "fail"
    PARTIAL = "partial"  # a `fraction` of a program set's executables fail
    LOSE_SHOTS = "lose_shots"  # a `fraction` of the shots does not come back
    LATE = "late"  # `delay_s` later
    SHUFFLE = "shuffle"  # up to `delay_s` later, each by another time: out of order
    AS_PROGRAM_SET = "as_program_set"  # a single circuit's result in the form of a program set
    CORRUPT = "corrupt"  # the object `key` of the result is cut short
    MISSING = "missing"  # the object `key` of the result is not there


REQUEST_KINDS = frozenset(
    {
        Kind.THROTTLE,
        Kind.INTERNAL,
        Kind.SLOW,
        Kind.DROP,
        Kind.EXPIRED,
        Kind.DENIED,
        Kind.QUEUE_FULL,
    }
)
DEVICE_KINDS = frozenset({Kind.OFFLINE, Kind.RETIRED, Kind.RECALIBRATED, Kind.DEGRADED})
TASK_KINDS = frozenset(Kind) - REQUEST_KINDS - DEVICE_KINDS
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]


class Fault(BaseModel):
    """One fault. Empty scopes mean any operation, device or access key.

    Of what is in scope the first `after` are spared, then each is struck with `probability` until
    `next` are. For a device they are tasks that it has started, and only `after` counts. Nothing is
    struck once `for_s` seconds have passed.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)

    kind: Annotated[Kind, Field(strict=False)]
    operation: str = ""
    device: str = ""
    access_key: str = ""
    probability: Share = 1.0
    next: Annotated[int, Field(ge=1)] | None = None
    after: Annotated[int, Field(ge=0)] = 0
    for_s: Seconds | None = None
    per_second: Annotated[float, Field(gt=0)] | None = None
    delay_s: Seconds = 1.0
    when: Literal["before", "after"] = "after"
    fraction: Share = 0.5
    retryable: bool = True
    reason: str = ""
    key: str = "results.json"
    factor: Annotated[float, Field(gt=0, le=100)] = 1.5
    snapshot: str = ""


_FAULTS: TypeAdapter[list[Fault]] = TypeAdapter(list[Fault])


def read_faults(text: str | bytes, *, origin: str) -> list[Fault]:
    """Return the faults in a JSON text: one object, or a list of them.

    Raises:
        BadInput: it holds something else; says the first thing that is wrong.
    """
    if isinstance(text, bytes):
        text = decoded(text, origin=origin)
    found = read_json(text, origin=origin, wanted="Give a fault, or a list of faults.")
    listed = [found] if isinstance(found, dict) else found
    try:
        return _FAULTS.validate_json(json.dumps(listed))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        message = f"{origin} is not a list of faults: {where}: {first['msg']}. Correct it."
        raise BadInput(message) from error
