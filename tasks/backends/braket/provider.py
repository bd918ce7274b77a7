"""Amazon Braket as a provider of devices: targets `braket:ARN`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from datasets.devices import register
from datasets.records.devices import DeviceSnapshot
from tasks.backends.braket import devices
from tasks.backends.braket.account import REGIONS, has_account, listed
from tasks.backends.braket.connection import Connection, connect, named_region
from tasks.backends.braket.devices import PREFIX
from tasks.backends.braket.patience import BRISK
from tasks.backends.braket.search import sold
from tasks.backends.protocol import RETIRED, Backend, Books, Device, Seller, Sold, Unseen
from tasks.errors import RuntimeFault


@dataclass(frozen=True, slots=True)
class BraketProvider:
    """The devices of an AWS account; what is bought there costs money."""

    name: str = "braket"
    sells: bool = True

    def check(self, target: str) -> None:
        """Refuse a text without a device's ARN."""
        devices.arn_of(target)

    def region(self, target: str) -> str:
        """Return the AWS region of the ARN, or the configured one."""
        return devices.connection_of(target).region

    def vendor(self, target: str) -> str:
        """Return the vendor that the ARN names, in lower case."""
        return devices.vendor_of(target)

    def is_simulator(self, target: str) -> bool:
        """Whether the ARN is a simulator's."""
        return devices.is_simulator(target)

    def devices(self) -> tuple[str, ...]:
        """Return the machines that Braket is known to have."""
        machines = (device for device in register.known() if device.vendor != "simulators")
        return tuple(f"{PREFIX}{device.arn}" for device in machines)

    def snapshot(self, target: str) -> DeviceSnapshot:
        """Return what GetDevice said at most a minute ago."""
        return devices.current(target)

    def preflight(self, target: str) -> DeviceSnapshot:
        """Look for credentials, device and bucket."""
        return devices.preflight(target)

    def look(self, target: str) -> Device:
        """Ask GetDevice now."""
        return devices.look(target)

    def reachable(self) -> Iterator[Device | Unseen]:
        """Go through the devices of all regions, each device once; retired ones are left out."""
        if not has_account():
            return
        seen: set[str] = set()
        for region in REGIONS:
            connection = connect(region)
            try:
                found = [one for one in listed(connection) if one.arn not in seen]
            except RuntimeFault as fault:
                yield Unseen.because(fault, name=f"region {region}")
                continue
            seen.update(device.arn for device in found)
            live = (device for device in found if device.status != RETIRED)
            yield from (_seen(connection, device.arn, name=device.name) for device in live)

    def backend(self, target: str, books: Books) -> Backend:
        """Return what buys quantum tasks on the device."""
        from tasks.backends.braket.backend import BraketBackend  # no refusal needs it

        return BraketBackend(
            target,
            began=books.began,
            prices=lambda: books.snapshot().prices,
            account=books.account,
        )

    def sellers(self, targets: Iterable[str]) -> Mapping[str, Seller]:
        """Return what lists the tagged tasks of each region that configuration or Braket names."""
        if not has_account():
            return {}
        regions = (named_region(), *map(self.region, targets), *REGIONS)
        return {region: partial(_sold_in, region) for region in regions if region}


def _seen(connection: Connection, arn: str, *, name: str) -> Device | Unseen:
    try:
        return devices.describe(connection, arn, patience=BRISK)
    except RuntimeFault as fault:
        return Unseen.because(fault, name=name)


def _sold_in(region: str, within: timedelta) -> Sequence[Sold]:
    return sold(connect(region), within=within)


BRAKET: Final = BraketProvider()
