"""The native gates of a device, reduced to what lowering and emission have to know."""

from dataclasses import dataclass
from enum import StrEnum

from datasets.records.devices import DeviceSnapshot
from tasks.errors import BadInput


class Pulse(StrEnum):
    """The physical one-qubit rotation of a device, and who keeps the phase about Z."""

    PRX = "prx"  # any angle about any equatorial axis; the compiler keeps the phase
    GPI = "gpi"  # half and quarter turns about any equatorial axis; the compiler keeps the phase
    RX = "rx"  # about X only; the phase is an explicit, virtual rz


@dataclass(frozen=True, slots=True)
class Natives:
    """How a device rotates one qubit.

    `continuous` says that a pulse takes any angle; otherwise it takes multiples of pi/2. `xx_name`
    is `ms` where the device turns about equatorial axes that it is told, and `xx` elsewhere.
    """

    pulse: Pulse
    continuous: bool
    xx_name: str = "xx"


LOWERED = {"cz": "cz", "zz": "zz", "ms": "xx", "xx": "xx", "iswap": "iswap"}
"""Native two-qubit gate -> the gate that the compiler reasons with."""


def natives_of(snapshot: DeviceSnapshot) -> Natives:
    """Return the native gates of `snapshot`.

    Raises:
        BadInput: there is no way known here to compile into its gates.
    """
    names = frozenset(snapshot.native_gates)
    pulse = _pulse(names)
    if pulse is None or ("xx" in names and "rz" not in names):
        message = (
            f"{snapshot.name} offers the gates {', '.join(snapshot.native_gates) or '(none)'}; "
            "programs are compiled into prx, or gpi and gpi2, or rx and rz, with cz, zz, ms, "
            "iswap, or xx and rz. Choose another device."
        )
        raise BadInput(message)
    continuous = pulse is Pulse.PRX or (pulse is Pulse.RX and not quarter_turns_only(snapshot))
    return Natives(pulse, continuous, "ms" if "ms" in names else "xx")


def quarter_turns_only(snapshot: DeviceSnapshot) -> bool:
    """Tell whether rx takes multiples of pi/2 only, which Rigetti's documents do not say."""
    return snapshot.vendor.casefold().startswith("rigetti")


def _pulse(names: frozenset[str]) -> Pulse | None:
    if {"rx", "rz"} <= names:  # first, because simulators take every gate
        return Pulse.RX
    if "prx" in names:
        return Pulse.PRX
    return Pulse.GPI if {"gpi", "gpi2"} <= names else None
