"""What makes work impossible on a device, in words and figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from datasets.records.devices import DeviceKind, DeviceSnapshot, Window
from tasks.core.compilation.natives import natives_of
from tasks.core.queueing.time_to_result import LOOK_AHEAD_DAYS, opens
from tasks.core.selection.trust import ASSURED, Trust
from tasks.errors import BadInput

ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target as it stands: its snapshot, what its provider says of it, and what we do.

    `barred` says why no work may go there, such as a quarantine, and `degraded` why it comes after
    others. `trust` is how far its calibration goes. `windows` are empty where nobody closes it, as
    with what is emulated here. A queue that is not known is None.
    """

    target: str
    snapshot: DeviceSnapshot
    status: str = ONLINE
    queue_depth: int | None = None
    windows: tuple[Window, ...] = ()
    barred: str = ""
    degraded: str = ""
    trust: Trust = ASSURED


@dataclass(frozen=True, slots=True)
class Demand:
    """What work asks of a device before anything is compiled."""

    n_qubits: int
    shots: int
    readout_shots: int | None = None
    debias: bool = False


def impossible(candidate: Candidate, *, demand: Demand, now: datetime) -> str:
    """Return the first thing that keeps the work from the device; nothing where it may be done."""
    return next(_obstacles(candidate, demand=demand, now=now), "")


def _obstacles(candidate: Candidate, *, demand: Demand, now: datetime) -> Iterator[str]:
    snapshot = candidate.snapshot
    if candidate.status.lower() != ONLINE:
        yield f"it is {candidate.status.lower()}"
    if candidate.barred:
        yield candidate.barred
    if demand.n_qubits > snapshot.n_qubits:
        yield f"it has {snapshot.n_qubits} usable qubits, and the circuit needs {demand.n_qubits}"
    yield from _gates(snapshot, n_qubits=demand.n_qubits)
    for what, shots in (("", demand.shots), ("readout calibration ", demand.readout_shots)):
        if shots is not None and shots < snapshot.limits.shots_min:
            yield (
                f"a {what}circuit takes at least {snapshot.limits.shots_min} shots there, and "
                f"{shots} are asked for"
            )
    if demand.debias and not snapshot.vendor.casefold().startswith("ionq"):
        yield f"debiasing is IonQ's, and it is {snapshot.vendor}'s"
    if opens(candidate.windows, now=now) is None:
        yield f"its schedule does not open within {LOOK_AHEAD_DAYS - 1} days"
    yield from _price(snapshot)


def _gates(snapshot: DeviceSnapshot, *, n_qubits: int) -> Iterator[str]:
    try:
        natives_of(snapshot)
    except BadInput as error:
        yield f"nothing is compiled into its gates ({str(error).split(';')[0]})"
        return
    if n_qubits > 1 and not snapshot.pairs:
        yield "it has no calibrated two-qubit gate"
    if snapshot.kind is DeviceKind.QPU and not any(q.readout_fidelity for q in snapshot.qubits):
        yield "no readout fidelity of it is known, so that nothing can be predicted"


def _price(snapshot: DeviceSnapshot) -> Iterator[str]:
    prices = snapshot.prices
    free = prices.usd_per_task + prices.usd_per_shot + prices.usd_per_minute == Decimal(0)
    if snapshot.kind is DeviceKind.QPU and free:
        yield (
            f"its price is not known here: {snapshot.name} has neither usd_per_task nor "
            "usd_per_shot; write them under `prices` of its document, or add the device to the "
            "newest table of datasets/devices/prices.json, which states its date and source"
        )
