"""Devices of an AWS account: what GetDevice says, and whether a run may begin there."""

import json
import re
from typing import Any, Final

from datasets.devices import register
from datasets.records.devices import DeviceSnapshot
from tasks.backends.braket.connection import Connection, connect
from tasks.backends.braket.patience import BRISK, Patience
from tasks.backends.protocol import Device
from tasks.errors import (
    BadInput,
    DeviceOffline,
    DeviceRetired,
    NotFound,
    Refused,
    Throttled,
    Unavailable,
)

PREFIX: Final = "braket:"
FRESH_S: Final = 60.0  # calibrations change every few hours; GetDevice may be called 5 times a s
_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:braket:([a-z0-9-]*)::device/(?:qpu|quantum-simulator)/[\w-]+/([\w.-]+)\Z"
)
POLL_S: Final = 1.0  # where the device names no interval


def is_simulator(target: str) -> bool:
    """Whether the target is a simulator of an AWS account."""
    return "device/quantum-simulator/" in target


def vendor_of(target: str) -> str:
    """Return the vendor in a target's ARN, in lower case; empty where there is none."""
    return target.rpartition(":device/")[2].partition("/")[2].partition("/")[0]


def arn_of(target: str) -> str:
    """Return the ARN in `braket:ARN`.

    Raises:
        BadInput: it is not a device's.
    """
    arn = target.removeprefix(PREFIX)
    if _ARN.match(arn) is None:
        message = (
            f"{target!r:.120} does not name a device. Write braket:ARN, such as "
            f"braket:{_known_arn(arn) or _known_arn('garnet')}."
        )
        raise BadInput(message)
    return arn


def connection_of(target: str) -> Connection:
    """Return the connection to the region of a target.

    Raises:
        BadInput: the target is not a device, or no region is named.
    """
    found = _ARN.match(arn_of(target))
    return connect(found[1] if found else "")


def preflight(target: str) -> DeviceSnapshot:
    """Return the device as it stands, once all that a purchase needs has been seen to be there.

    Raises:
        BadInput: no credentials, region, endpoint, device or bucket, in one line.
        DeviceOffline: it takes no work now.
        DeviceRetired: it will take none.
    """
    try:
        connection = connection_of(target)
        device = describe(connection, arn_of(target), patience=BRISK)
        device.check_online()
        connection.bucket(patience=BRISK)
    except (DeviceOffline, DeviceRetired):
        raise
    except (Throttled, Unavailable, Refused) as fault:
        raise BadInput(fault.plainly) from fault
    return device.snapshot


def current(target: str) -> DeviceSnapshot:
    """Return the device as it was at most a minute ago; raises what `describe` does."""
    return describe(connection_of(target), arn_of(target)).snapshot


def look(target: str) -> Device:
    """Return the device as it is at this moment; raises what `describe` does."""
    connection, arn = connection_of(target), arn_of(target)
    connection.described.pop(arn, None)
    return describe(connection, arn, patience=BRISK)


def describe(connection: Connection, arn: str, *, patience: Patience | None = None) -> Device:
    """Return the device as it was at most a minute ago.

    Raises:
        NotFound: it is not in this region.
        Transient: the service does not answer.
        Refused: it does not say.
        BadInput: its capabilities cannot be read here.
    """
    now = connection.clock.now()
    when, known = connection.described.get(arn, (0.0, None))
    if not isinstance(known, Device) or now - when > FRESH_S:
        known = _device(_asked(connection, arn, patience), arn=arn)
        connection.described[arn] = (now, known)
    return known


def _asked(connection: Connection, arn: str, patience: Patience | None) -> dict[str, Any]:
    try:
        return connection.ask("braket", "GetDevice", patience=patience, deviceArn=arn)
    except NotFound as fault:
        known = _known_arn(arn)
        hint = f"; {known} is known here" if known and known != arn else ""
        text = f"{fault.text.rstrip('. ')} in {connection.region}{hint}"
        raise NotFound(fault.operation, fault.code, text) from fault


def _device(answer: dict[str, Any], *, arn: str) -> Device:
    from datasets.devices.capabilities import import_capabilities  # only what has been told is read

    named = ("deviceName", "deviceArn", "deviceCapabilities")
    snapshot = import_capabilities(
        json.dumps({name: answer.get(name) for name in named}), origin=f"GetDevice of {arn}"
    )
    service = json.loads(answer["deviceCapabilities"]).get("service", {})
    poll_ms = service.get("getTaskPollIntervalMillis")
    return Device(
        target=f"{PREFIX}{arn}",
        status=str(answer["deviceStatus"]),
        snapshot=snapshot,
        poll_s=poll_ms / 1000 if poll_ms else POLL_S,
        queue_depth=_queue_depth(answer.get("deviceQueueInfo") or []),
    )


def _queue_depth(queues: list[dict[str, Any]]) -> int | None:
    """Return the length of the queue that tasks without a priority wait in."""
    for queue in queues:
        is_normal = queue.get("queuePriority", "Normal") == "Normal"
        size = str(queue.get("queueSize", "")).removeprefix(">")
        if queue.get("queue") == "QUANTUM_TASKS_QUEUE" and is_normal and size.isdigit():
            return int(size)
    return None


def _known_arn(text: str) -> str:
    """Return the ARN of the known device that the text ends with, or nothing."""
    known = register.by_name(text.rpartition("/")[2])
    return known.arn if known else ""
