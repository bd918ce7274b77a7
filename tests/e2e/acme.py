"""A second provider, as small as one can be: its one device is simulated here, and charges."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from datasets.devices.catalogue import resolve
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Execution
from tasks.backends.protocol import ONLINE, Backend, Books, Device, Outcome, Seller, Unseen
from tasks.backends.simulated import SimulatedBackend
from tasks.backends.targets import PROVIDERS
from tasks.core.planning.packing import price
from tasks.errors import BadInput

TARGET = "acme:anvil"


class AcmeBackend(SimulatedBackend):
    """Simulates, and charges what the quote said."""

    charges = True

    def __init__(self, books: Books) -> None:
        super().__init__(books.snapshot(), books.spool)
        self._prices, self._bought = books.snapshot().prices, dict[str, Execution]()

    def submit(self, execution: Execution) -> str:
        handle = super().submit(execution)
        self._bought[handle] = execution
        return handle

    def look(self, handle: str) -> Outcome:
        seen, bought = super().look(handle), self._bought[handle]
        usd = price(self._prices, tasks=1, shots=bought.shots)
        return Outcome(
            seen.state,
            seen.shots_returned,
            seen.started_at,
            seen.ended_at,
            seen.calibration_id_end,
            charged_usd=Decimal(usd),
        )


class Acme:
    """Whoever sells time on an anvil."""

    name = "acme"
    sells = True

    def check(self, target: str) -> None:
        if target != TARGET:
            message = f"{target} is no device of Acme's. Write {TARGET}."
            raise BadInput(message)

    def region(self, target: str) -> str:
        del target
        return "desert"

    def vendor(self, target: str) -> str:
        del target
        return "acme"

    def is_simulator(self, target: str) -> bool:
        del target
        return False

    def devices(self) -> tuple[str, ...]:
        return (TARGET,)

    def snapshot(self, target: str) -> DeviceSnapshot:
        self.check(target)
        return resolve("emulator:garnet")

    def preflight(self, target: str) -> DeviceSnapshot:
        return self.snapshot(target)

    def look(self, target: str) -> Device:
        return Device(target, ONLINE, self.snapshot(target), poll_s=0.1, queue_depth=0)

    def reachable(self) -> Iterator[Device | Unseen]:
        yield self.look(TARGET)

    def backend(self, target: str, books: Books) -> Backend:
        self.check(target)
        return AcmeBackend(books)

    def sellers(self, targets: Iterable[str]) -> Mapping[str, Seller]:
        del targets
        return {"desert": lambda within: ()}  # noqa: ARG005 - nothing is lost in the desert


def main() -> None:
    """Run `qrt` with Acme in the registry."""
    PROVIDERS[Acme.name] = Acme()
    from deployments.cli.entry import main as command

    command()
