"""What a task costs, and the bill.

A task that failed or was cancelled costs nothing. One that completed costs its fee and the shots
that came back; a simulator's task its time, at least three seconds.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from datasets.records.devices import DeviceSnapshot
from deployments.sandbox.devices import is_simulator

_MICRO = Decimal("0.000001")


def usd(
    snapshot: DeviceSnapshot, *, shots: int, seconds: float = 0.0, reserved: bool = False
) -> Decimal:
    """Return the price of a task: for a machine by its shots, for a simulator by its time.

    Tasks in a reservation cost nothing themselves: the hours of the reservation are paid for.
    """
    if reserved:
        return Decimal(0)
    prices = snapshot.prices
    if is_simulator(snapshot):
        billed_s = max(Decimal(prices.minimum_s), Decimal(str(round(seconds, 3))))
        return (prices.usd_per_minute * billed_s / 60).quantize(_MICRO)
    return prices.usd_per_task + prices.usd_per_shot * shots


def bill(charged: Iterable[tuple[str, int, str]]) -> dict[str, Any]:
    """Return the bill of tasks, each a device ARN, shots and USD."""
    devices: dict[str, dict[str, Any]] = {}
    for arn, shots, cost_usd in charged:
        entry = devices.setdefault(arn, {"tasks": 0, "shots": 0, "usd": Decimal(0)})
        entry["tasks"] += 1
        entry["shots"] += shots
        entry["usd"] += Decimal(cost_usd)
    return _total(devices)


def _total(devices: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    entries = devices.values()
    return {
        "tasks": sum(entry["tasks"] for entry in entries),
        "shots": sum(entry["shots"] for entry in entries),
        "usd": float(sum((entry["usd"] for entry in entries), Decimal(0))),
        "devices": {arn: {**e, "usd": float(e["usd"])} for arn, e in sorted(devices.items())},
    }
