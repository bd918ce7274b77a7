"""Turn a Braket capabilities document into a clean device snapshot."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import Any, Final, get_args

from datasets.devices import register
from datasets.devices.cleaning import Cleaned, clean
from datasets.devices.document_model import MAX_USD, Day
from datasets.devices.identity import sealed
from datasets.devices.published import TWO_QUBIT_GATES, native_gates, published, qubit_count
from datasets.devices.raw import RawDevice, open_document
from datasets.devices.register import KnownDevice
from datasets.records.devices import (
    CalibrationId,
    DeviceKind,
    DeviceSnapshot,
    Figure,
    Limits,
    Pair,
    Prices,
    Qubit,
    Window,
)
from tasks.errors import BadInput

_PERFECT: Final = Figure(1.0)
_DAYS: Final = frozenset(get_args(Day))
_PRICED_BY: Final[Mapping[str, Callable[[Decimal], Prices]]] = {
    "shot": register.qpu_prices,
    "minute": register.simulator_prices,
}
MAX_NAME: Final = 100
MAX_SHOTS: Final = 10**9
_ARN: Final = re.compile(r"arn:aws:braket:[\w-]*::device/[a-z-]+/(\w+)/[\w-]+")
_ARN_WORDS: Final = {"simulators": "amazon"}  # vendors that ARNs call otherwise
_EVIDENCE: Final = ", taken for it by vendor, qubits, gates and place; --name says otherwise"
_ANALOGUE: Final = "braket.ir.ahs.program"
_PROGRAM_SET: Final = "braket.ir.openqasm.program_set"


def import_capabilities(
    text: str,
    *,
    origin: str = "the document",
    name: str | None = None,
    published_at: datetime | None = None,
    source: str | None = None,
) -> DeviceSnapshot:
    """Return the snapshot that a capabilities document describes.

    `text` is such a document, a JSON string that holds one, or a whole GetDevice answer. `name` and
    `published_at` (aware) go before what it says. What is cleaned: docs/device-snapshots.md.

    Raises:
        BadInput: the document is malformed, or leaves no qubit that can be used.
    """
    raw = open_document(text, origin=origin)
    known = _known(raw, vendor=(vendor := _vendor(raw)), name=name)
    called = known.name if known else (name or raw.name)
    kind = DeviceKind.SIMULATOR if vendor == "simulators" else DeviceKind.QPU
    parts = _ideal(raw) if kind is DeviceKind.SIMULATOR else _cleaned(raw, known=known)
    return sealed(
        DeviceSnapshot(
            CalibrationId(""),
            name=called,
            vendor=register.vendors()[vendor],
            kind=kind,
            arn=raw.arn or (known.arn if known else ""),
            published_at=(published_at or _published_at(raw)).astimezone(UTC),
            fully_connected=_complete(parts),
            native_gates=native_gates(raw),
            qubits=parts.qubits,
            pairs=parts.pairs,
            windows=_windows(raw),
            prices=_prices(raw, known=known),
            limits=_limits(raw),
            dropped=parts.dropped,
            source=source or f"Braket capabilities document of {called}{_evidence(raw, name)}",
        )
    )


def _vendor(raw: RawDevice) -> str:
    header = str(raw.section("braketSchemaHeader").get("name"))
    parts = header.split(".")
    vendor = parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - braket.device_schema.VENDOR.name
    if _ANALOGUE in raw.section("action"):
        what = "it is of an analogue device (Hamiltonian simulation), which has no gates"
        raw.refuse(what, remedy="Give a document of a gate-model device.")
    if vendor not in register.vendors():
        names = ", ".join(register.vendors().values())
        message = (
            f"{raw.origin} is of a vendor that is not known here ({header[:80]}). Known: {names}."
        )
        raise BadInput(message)
    return vendor


def _known(raw: RawDevice, *, vendor: str, name: str | None) -> KnownDevice | None:
    """Return the device in the register, or None when only its name is known."""
    stated = name or raw.name
    known = register.by_name(name) if name else _stated(raw)
    if known is not None and known.vendor != vendor:
        raw.refuse(f"{known.name} is not of {register.vendors()[vendor]}", remedy="Name another.")
    made_by = _ARN.fullmatch(raw.arn)
    if raw.arn and (made_by is None or made_by[1] != _ARN_WORDS.get(vendor, vendor)):
        raw.refuse(f"its ARN {raw.arn[:100]} is no device of {register.vendors()[vendor]}")
    if len(stated) > MAX_NAME or not stated.isprintable():
        raw.refuse(f"its name is not a line of at most {MAX_NAME} characters", remedy="Name it.")
    return known if known or stated else _likely(raw, vendor=vendor)


def _stated(raw: RawDevice) -> KnownDevice | None:
    """Return the device that a GetDevice answer is about; its ARN has one spelling."""
    return register.by_arn(raw.arn) or (register.by_name(raw.name) if raw.name else None)


def _evidence(raw: RawDevice, name: str | None) -> str:
    """Say how a device was recognised that its document does not name."""
    return "" if name or raw.name or raw.arn else _EVIDENCE


def _likely(raw: RawDevice, *, vendor: str) -> KnownDevice:
    """Return the only device, of all that there were, that fits the document."""
    found = register.matching(
        vendor=vendor,
        n_qubits=qubit_count(raw),
        place=str(raw.section("service").get("deviceLocation")),
        gates=frozenset(native_gates(raw)),
    )
    if len(found) != 1:
        what = f"it does not say which {register.vendors()[vendor]} device it is of"
        either = " or ".join(device.name for device in found) or "NAME"
        raw.refuse(what, remedy=f"Name the device: --name {either}")
    return found[0]


def _cleaned(raw: RawDevice, *, known: KnownDevice | None) -> Cleaned:
    span = range(known.labels[0], known.labels[1] + 1) if known and known.labels else ()
    parts = clean(published(raw), expected=span)
    if not parts.qubits:
        first = parts.dropped[0] if parts.dropped else None
        why = f" ({first.element} {first.metric}: {first.reason})" if first else ""
        what = f"no qubit can be used, {len(parts.dropped)} figures were dropped{why}"
        raw.refuse(what, remedy="Give a document of another day.")
    return parts


def _ideal(raw: RawDevice) -> Cleaned:
    """Return the qubits of a simulator: all joined, without error."""
    gate = next((gate for gate in TWO_QUBIT_GATES if gate in native_gates(raw)), None)
    if gate is None:
        raw.refuse("the simulator lists no two-qubit gate")
    labels = range(qubit_count(raw))
    qubits = tuple(
        Qubit(label, one_qubit_fidelity=_PERFECT, readout_fidelity=_PERFECT) for label in labels
    )
    pairs = tuple(Pair(pair, gate, _PERFECT) for pair in combinations(labels, 2))
    return Cleaned(qubits, pairs, ())


def _complete(parts: Cleaned) -> bool:
    n_qubits = len(parts.qubits)
    return len(parts.pairs) == n_qubits * (n_qubits - 1) // 2


def _published_at(raw: RawDevice) -> datetime:
    """Return when the figures were published; a time without a zone is in UTC."""
    stated = raw.section("service").get("updatedAt") or raw.section("standardized").get("updatedAt")
    try:
        moment = datetime.fromisoformat(str(stated))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        what = "it states no date of publication (service.updatedAt)"
        raw.refuse(what, remedy="Give one: --published 2026-05-05", cause=error)


def _windows(raw: RawDevice) -> tuple[Window, ...]:
    listed = raw.section("service").get("executionWindows")
    if not isinstance(listed, list):
        raw.refuse("service.executionWindows is not a list")
    return tuple(_window(raw, entry) for entry in listed)


def _window(raw: RawDevice, entry: Any) -> Window:
    try:
        day = str(entry["executionDay"])
        start = time.fromisoformat(entry["windowStartHour"])
        end = time.fromisoformat(entry["windowEndHour"])
    except (KeyError, TypeError, ValueError) as error:
        raw.refuse("an execution window has no day, start and end", cause=error)
    if day not in _DAYS or start.tzinfo or end.tzinfo:
        raw.refuse(f"an execution window is not in UTC on a known day ({day[:40]})")
    return Window(day, start, end)


def _prices(raw: RawDevice, *, known: KnownDevice | None) -> Prices:
    """Return the document's price with the table's task fee, or the table's prices."""
    cost = raw.section("service", "deviceCost")
    if not cost:
        return _table_prices(raw, known=known)
    price, unit = _money(raw, cost.get("price")), str(cost.get("unit"))
    if unit not in _PRICED_BY:
        raw.refuse(f"the price is by {unit[:40]!r}, and only {' and '.join(_PRICED_BY)} are known")
    return _PRICED_BY[unit](price)


def _table_prices(raw: RawDevice, *, known: KnownDevice | None) -> Prices:
    prices = register.table_prices(known.short) if known else None
    if prices is None:
        named = known.name if known else raw.name or "this device"
        raw.refuse(
            f"it states no price of a shot or minute of {named[:80]} (service.deviceCost)",
            remedy=f"Where it should be: {register.where_prices_go()}.",
        )
    return prices


def _money(raw: RawDevice, price: object) -> Decimal:
    try:
        amount = Decimal(str(price))
    except InvalidOperation as error:
        raw.refuse("service.deviceCost.price is not a number", cause=error)
    if not amount.is_finite() or not 0 <= amount < MAX_USD or amount != round(amount, 6):
        what = f"service.deviceCost.price is not less than {MAX_USD:,} USD with 6 decimals at most"
        raw.refuse(what)
    return amount


def _limits(raw: RawDevice) -> Limits:
    sets = raw.section("action", _PROGRAM_SET)
    least, most = _shots(raw)
    return Limits(
        shots_min=least,
        shots_max=most,
        program_set_executables=_positive(sets.get("maximumExecutables")),
        program_set_shots=_positive(sets.get("maximumTotalShots")),
    )


def _shots(raw: RawDevice) -> tuple[int, int]:
    stated = raw.section("service").get("shotsRange")
    counts = [_whole(shots) for shots in stated] if isinstance(stated, list) else []
    if len(counts) != 2 or not 0 <= counts[0] <= counts[1] > 0:  # noqa: PLR2004 - least and most
        what = f"service.shotsRange is not two whole numbers, least and most, up to {MAX_SHOTS:,}"
        raw.refuse(what)
    return counts[0], counts[1]


def _positive(value: object) -> int | None:
    found = _whole(value)
    return found if found > 0 else None


def _whole(value: Any) -> int:
    """Return a number of shots or executables; -1 for what is none."""
    is_one = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SHOTS
    return value if is_one else -1
