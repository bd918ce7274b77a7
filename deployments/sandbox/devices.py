"""The emulated devices, under the ARNs of the real ones, and how they stand at the moment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from datasets.devices import catalogue
from datasets.devices.identity import sealed
from datasets.records.devices import DeviceKind, DeviceSnapshot, Figure
from deployments.sandbox.fault_book import FaultBook
from deployments.sandbox.fault_model import Fault, Kind

Status = Literal["ONLINE", "OFFLINE", "RETIRED"]
_LEAST = 0.5  # of a fidelity: below it a device is only noise


class Devices:
    """The newest bundled calibration of each device that Braket has."""

    def __init__(self, faults: FaultBook) -> None:
        self._faults = faults
        self._base = {snapshot.arn: snapshot for snapshot in _bundled()}

    def arns(self) -> tuple[str, ...]:
        """Return the ARNs of all devices, sorted."""
        return tuple(sorted(self._base))

    def reachable(self, arn: str, *, region: str) -> bool:
        """Return whether the device can be used from a region: its own, or any for simulators."""
        return arn in self._base and region_of(arn) in {"", region}

    def status(self, arn: str) -> Status:
        """Return how the device stands."""
        kinds = {fault.kind for fault in self._faults.standing(arn)}
        if Kind.RETIRED in kinds:
            return "RETIRED"
        return "OFFLINE" if Kind.OFFLINE in kinds else "ONLINE"

    def snapshot(self, arn: str) -> DeviceSnapshot:
        """Return the device's present calibration, as it is published."""
        found = self._base[arn]
        for fault in self._faults.standing(arn):
            if fault.kind is Kind.RECALIBRATED:
                found = _recalibrated(found, fault)
        return found

    def physical(self, arn: str) -> DeviceSnapshot:
        """Return the device as it really is: what it publishes, unless it is worse than that."""
        found = self.snapshot(arn)
        for fault in self._faults.standing(arn):
            if fault.kind is Kind.DEGRADED:
                found = _with_errors(found, fault.factor)
        return found


def region_of(device_arn: str) -> str:
    """Return the region of a device, empty for simulators, which are everywhere."""
    return device_arn.split(":")[3]


def is_simulator(snapshot: DeviceSnapshot) -> bool:
    """Return whether the device computes instead of measuring."""
    return snapshot.kind is DeviceKind.SIMULATOR


def _bundled() -> Iterator[DeviceSnapshot]:
    """Give the newest calibration of each: the catalogue names that one without a date."""
    for name in catalogue.names():
        snapshot = catalogue.resolve(name)
        if snapshot.arn and "@" not in name:
            yield snapshot


def _recalibrated(snapshot: DeviceSnapshot, fault: Fault) -> DeviceSnapshot:
    if fault.snapshot:
        return replace(catalogue.resolve(fault.snapshot), arn=snapshot.arn)
    published_at = snapshot.published_at + timedelta(hours=1)
    return sealed(replace(_with_errors(snapshot, fault.factor), published_at=published_at))


def _with_errors(snapshot: DeviceSnapshot, factor: float) -> DeviceSnapshot:
    """Return the device with all errors `factor` times as large, under its old calibration."""
    qubits = tuple(
        replace(
            qubit,
            one_qubit_fidelity=_worse(qubit.one_qubit_fidelity, factor),
            readout_fidelity=_worse(qubit.readout_fidelity, factor),
        )
        for qubit in snapshot.qubits
    )
    pairs = tuple(
        replace(pair, fidelity=Figure(_scaled(pair.fidelity.value, factor)))
        for pair in snapshot.pairs
    )
    return replace(snapshot, qubits=qubits, pairs=pairs)


def _worse(figure: Figure | None, factor: float) -> Figure | None:
    return None if figure is None else Figure(_scaled(figure.value, factor))


def _scaled(fidelity: float, factor: float) -> float:
    return max(_LEAST, 1.0 - (1.0 - fidelity) * factor)
