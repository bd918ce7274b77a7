"""Which devices there are and what they cost, where their own documents do not say."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from datasets.records.devices import Prices

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device that Braket offers, or once did (`retired`).

    `vendor` is its word in schema names, `labels` are the first and last, `gates` the native
    two-qubit gates that it may have; empty where they do not tell it from others.
    """

    short: str
    name: str
    vendor: str
    arn: str
    qubits: tuple[int, int]
    labels: tuple[int, int] | None
    place: str
    gates: frozenset[str]
    retired: bool


def vendors() -> dict[str, str]:
    """Return vendor names by their word in Braket's schema names."""
    return dict(_table("known.json")["vendors"])


def known() -> tuple[KnownDevice, ...]:
    """Return every device that there is an ARN of and that has not retired."""
    return tuple(device for device in _devices() if not device.retired)


def by_name(name: str) -> KnownDevice | None:
    """Return the device with this name or short name, in any case: `Forte-1`, `forte 1`."""
    word = _plain(name)
    matching = (d for d in _devices() if word in {d.short, _plain(d.name)})
    return next(matching, None)


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", name.casefold().strip())


def by_arn(arn: str) -> KnownDevice | None:
    """Return the device with this ARN."""
    return next((device for device in _devices() if arn and device.arn == arn), None)


def matching(
    *, vendor: str, n_qubits: int, place: str, gates: frozenset[str]
) -> tuple[KnownDevice, ...]:
    """Return the devices, retired ones too, that a document without a name may be of."""
    return tuple(
        device
        for device in _devices()
        if device.vendor == vendor
        and device.qubits[0] <= n_qubits <= device.qubits[1]
        and device.place in place
        and (not device.gates or device.gates & gates)
    )


def table_prices(short: str, *, on: date | None = None) -> Prices | None:
    """Return the prices in the table of a day, or None for a device that is not in it."""
    table = price_table(on)
    if short in table["per_minute"]:
        return simulator_prices(Decimal(table["per_minute"][short]), on=on)
    if short in table["per_shot"]:
        return qpu_prices(Decimal(table["per_shot"][short]), on=on)
    return None


def qpu_prices(usd_per_shot: Decimal, *, on: date | None = None) -> Prices:
    """Return the price of a shot with the task fee, which is the same for all machines."""
    fee = Decimal(price_table(on)["usd_per_qpu_task"])
    return Prices(usd_per_task=fee, usd_per_shot=usd_per_shot)


def simulator_prices(usd_per_minute: Decimal, *, on: date | None = None) -> Prices:
    """Return the price of a minute with the least time that is billed."""
    minimum_s = int(price_table(on)["simulator_minimum_s"])
    return Prices(usd_per_minute=usd_per_minute, minimum_s=minimum_s)


def price_table(on: date | None = None) -> Mapping[str, Any]:
    """Return the price table that holds on a day, by default today: the last before it.

    Before the first one its prices are the best that is known.
    """
    day = on or datetime.now(UTC).date()
    return in_force(_table("prices.json")["tables"], on=day)


def in_force(tables: Sequence[Mapping[str, Any]], *, on: date) -> Mapping[str, Any]:
    """Return, of price tables in any order, the one that holds on a day."""
    ordered = sorted(tables, key=lambda table: date.fromisoformat(table["as_of"]))
    past = [table for table in ordered if date.fromisoformat(table["as_of"]) <= on]
    return past[-1] if past else ordered[0]


def where_prices_go() -> str:
    """Say which price table holds, and where a price is added."""
    table = price_table()
    return (
        f"the table of {table['as_of']} in datasets/devices/prices.json has none either; add it "
        "there with its date (as_of) and source, or to `prices` of the device's own document"
    )


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
        gates=frozenset(row.get("gates", ())),
        retired=row.get("retired", False),
    )
