"""How long gates and shots take on the machines of each vendor: dated figures, not measurements.

IonQ's and AQT's capability documents publish gate times, IQM's and Rigetti's none. What is not
published is a round figure of the technology, good enough to compare qubits and queues by: tunable
transmons take tens of nanoseconds for a gate and are reset by waiting; trapped ions take tens of
microseconds to a millisecond.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from datasets.records.devices import DeviceKind, DeviceSnapshot


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds that a gate takes, and what a shot and a task take beside their gates.

    `shot_s` is readout and preparation of the next shot, `task_s` loading and calibration checks
    of a task. `source` says where the figures are from.
    """

    one_qubit_s: float
    two_qubit_s: float
    shot_s: float
    task_s: float
    source: str

    def of(self, n_qubits: int) -> float:
        """Return the seconds that a physical gate on so many qubits takes."""
        return self.one_qubit_s if n_qubits == 1 else self.two_qubit_s


_TYPICAL: Final = "typical of the technology; not published on Braket; as of 2026-11"
_INSTANT: Final = Durations(0.0, 0.0, 0.0, 0.0, "computed, not measured")
_UNKNOWN: Final = Durations(0.0, 0.0, 1e-3, 5.0, "the vendor's gate times are not known here")
_BY_VENDOR: Final[Mapping[str, Durations]] = MappingProxyType(
    {
        "IQM": Durations(40e-9, 60e-9, 300e-6, 3.0, _TYPICAL),
        "Rigetti": Durations(40e-9, 70e-9, 20e-6, 3.0, _TYPICAL),
        # timing 1Q, 2Q, readout and reset of Forte-Enterprise-1's document of 2026-05-03, and some
        # 10 ms of cooling, without which no ion shot comes near its published rate
        "IonQ": Durations(63e-6, 650e-6, 10.4e-3, 10.0, "capability document of 2026-05-03"),
        "AQT": Durations(15e-6, 200e-6, 20e-3, 10.0, _TYPICAL),
    }
)


def durations_of(snapshot: DeviceSnapshot) -> Durations:
    """Return the durations of a device; a simulator takes none, an unknown machine's gates none."""
    if snapshot.kind is DeviceKind.SIMULATOR:
        return _INSTANT
    return _BY_VENDOR.get(snapshot.vendor, _UNKNOWN)
