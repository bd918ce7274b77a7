"""Which devices there are and what they cost, where their own documents do not say."""

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from datasets.records.devices import Prices

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device that Braket offers; `vendor` as in schema names, `labels` first and last."""

    short: str
    name: str
    vendor: str
    arn: str
    qubits: tuple[int, int]
    labels: tuple[int, int] | None
    place: str


def vendors() -> dict[str, str]:
    """Return vendor names by their word in Braket's schema names."""
    return dict(_table("known.json")["vendors"])


def known() -> tuple[KnownDevice, ...]:
    """Return every device that there is an ARN of."""
    return _devices()


def by_name(name: str) -> KnownDevice | None:
    """Return the device with this name or short name, in any case."""
    word = name.casefold()
    matching = (d for d in _devices() if word in {d.short, d.name.casefold()})
    return next(matching, None)


def by_arn(arn: str) -> KnownDevice | None:
    """Return the device with this ARN."""
    return next((device for device in _devices() if arn and device.arn == arn), None)


def matching(*, vendor: str, n_qubits: int, place: str) -> tuple[KnownDevice, ...]:
    """Return the devices that a document without a name may be of."""
    return tuple(
        device
        for device in _devices()
        if device.vendor == vendor
        and device.qubits[0] <= n_qubits <= device.qubits[1]
        and device.place in place
    )


def table_prices(short: str) -> Prices | None:
    """Return the prices in the table, or None for a device that is not in it."""
    table = _table("prices.json")
    if short in table["per_minute"]:
        return simulator_prices(Decimal(table["per_minute"][short]))
    if short in table["per_shot"]:
        return qpu_prices(Decimal(table["per_shot"][short]))
    return None


def qpu_prices(usd_per_shot: Decimal) -> Prices:
    """Return the price of a shot with the task fee, which is the same for all machines."""
    fee = Decimal(_table("prices.json")["usd_per_qpu_task"])
    return Prices(usd_per_task=fee, usd_per_shot=usd_per_shot)


def simulator_prices(usd_per_minute: Decimal) -> Prices:
    """Return the price of a minute with the least time that is billed."""
    minimum_s = int(_table("prices.json")["simulator_minimum_s"])
    return Prices(usd_per_minute=usd_per_minute, minimum_s=minimum_s)


@cache
def _table(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((_HERE / name).read_text(encoding="utf-8"))
    return table


@cache
def _devices() -> tuple[KnownDevice, ...]:
    return tuple(_device(row) for row in _table("known.json")["devices"])


def _device(row: dict[str, Any]) -> KnownDevice:
    return KnownDevice(
        short=row["short"],
        name=row["name"],
        vendor=row["vendor"],
        arn=row["arn"],
        qubits=(row["qubits"][0], row["qubits"][1]),
        labels=(row["labels"][0], row["labels"][1]) if "labels" in row else None,
        place=row.get("place", ""),
    )
