"""This machine as a provider: simulators (`local:sv`) and emulated devices (`emulator:garnet`)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from datasets.devices import catalogue
from datasets.home import home
from datasets.records.devices import DeviceKind, DeviceSnapshot
from datasets.records.targets import provider_name
from tasks.backends.protocol import ONLINE, Backend, Books, Device, Seller, Unseen
from tasks.backends.simulated import SimulatedBackend


@dataclass(frozen=True, slots=True)
class ThisMachine:
    """Simulations: nobody charges for them, and every device is always open and idle."""

    name: str
    sells: bool = False

    def check(self, target: str) -> None:
        """Refuse a text that names no snapshot."""
        self.snapshot(target)

    def region(self, target: str) -> str:
        """Return nothing: it is here."""
        del target
        return ""

    def vendor(self, target: str) -> str:
        """Return nothing: the snapshot says."""
        del target
        return ""

    def is_simulator(self, target: str) -> bool:
        """Return that no name says so: the snapshot does."""
        del target
        return False

    def devices(self) -> tuple[str, ...]:
        """Return the emulated machines at their newest calibration.

        Simulators are never considered unasked: they are no devices, and perfect.
        """
        imported = home().devices
        broken = catalogue.unreadable(imported)
        return tuple(
            name
            for name in catalogue.names(imported)
            if provider_name(name) == self.name
            and "@" not in name
            and name not in broken
            and catalogue.resolve(name, imported).kind is DeviceKind.QPU
        )

    def snapshot(self, target: str) -> DeviceSnapshot:
        """Return the bundled or imported snapshot, or the file's."""
        return catalogue.resolve(target, home().devices)

    def preflight(self, target: str) -> DeviceSnapshot:
        """Return the snapshot: nothing else is needed."""
        return self.snapshot(target)

    def look(self, target: str) -> Device:
        """Return the snapshot: it is always open, and idle."""
        return Device(target, ONLINE, self.snapshot(target), poll_s=0.0, queue_depth=0)

    def reachable(self) -> Iterator[Device | Unseen]:
        """Go through the bundled and imported snapshots that can be read."""
        broken = catalogue.unreadable(home().devices)
        for name in catalogue.names(home().devices):
            if provider_name(name) == self.name and name not in broken:
                yield self.look(name)

    def backend(self, target: str, books: Books) -> Backend:
        """Return the simulation of the device."""
        del target
        return SimulatedBackend(books.snapshot(), books.spool)

    def sellers(self, targets: Iterable[str]) -> Mapping[str, Seller]:
        """Return nothing: the spool belongs to the journal beside it."""
        del targets
        return {}


LOCAL: Final = ThisMachine("local")
EMULATED: Final = ThisMachine("emulator")
