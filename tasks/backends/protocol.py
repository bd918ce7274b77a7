"""What every target can do, and the values that cross that boundary."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Circuit
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Execution, ExecutionState, Failure, RunId
from tasks.errors import BadInput, DeviceOffline, DeviceRetired, RuntimeFault

ONLINE: Final = "ONLINE"
RETIRED: Final = "RETIRED"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the target ended an execution. `state` is COMPLETED, PARTIAL, FAILED or CANCELLED.

    `calibration_id_end` is None where the target does not say; `charged_usd` is None where nobody
    charges anything; `engine` is what simulated it here, and why that.
    """

    state: ExecutionState
    shots_returned: int
    started_at: datetime
    ended_at: datetime
    calibration_id_end: str | None
    failure: str | None = None
    charged_usd: Decimal | None = None
    engine: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """What one executable of the action returned; nothing where it failed.

    `outcomes`: (n,) uint64 ascending, bit 0 is the first measured qubit; `counts`: (n,) uint32.
    """

    n_qubits: int
    outcomes: NDArray[np.uint64]
    counts: NDArray[np.uint32]
    failure: Failure | None = None

    @property
    def shots(self) -> int:
        """How many shots came back."""
        return int(self.counts.sum())


@dataclass(frozen=True, slots=True)
class Sold:
    """Work that a target has, by what its tags say of it; whose it is, the journal knows."""

    execution_id: str
    run_id: str
    handle: str
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Device:
    """A device as its provider describes it now, and the target that names it.

    `status` is ONLINE, OFFLINE or RETIRED. `poll_s` is how long to wait between two looks at a
    task. `queue_depth` are the tasks that wait, about; None where the provider does not say.
    """

    target: str
    status: str
    snapshot: DeviceSnapshot
    poll_s: float
    queue_depth: int | None = None

    def check_online(self) -> None:
        """Return when the device takes work.

        Raises:
            DeviceOffline: it takes no work now.
            DeviceRetired: it will take none.
        """
        if self.status == ONLINE:
            return
        lost = DeviceRetired if self.status == RETIRED else DeviceOffline
        raise lost("GetDevice", self.status, f"{self.snapshot.name} is {self.status.lower()}")


@dataclass(frozen=True, slots=True)
class Unseen:
    """A device or a region that could not be looked at, and why.

    `unreadable` says that there was an answer, which this release does not understand.
    """

    name: str
    reason: str
    unreadable: bool = False

    @classmethod
    def because(cls, fault: RuntimeFault, *, name: str) -> Self:
        """Return what a fault kept from being looked at."""
        text = getattr(fault, "plainly", str(fault))
        return cls(name, " ".join(text.split()), isinstance(fault, BadInput))


@dataclass(frozen=True, slots=True)
class Books:
    """What the journal knows of a run, for the backend that buys for it.

    `began` says when a run began, by the provider's clock; nothing of it is older. `account` says
    in which account a run buys, given the one that the credentials are for. `snapshot` is the
    device as the run was quoted. `spool` is the folder of raw results on this machine.
    """

    began: Callable[[RunId], datetime | None]
    account: Callable[[RunId, str], str]
    snapshot: Callable[[], DeviceSnapshot]
    spool: Path


Seller = Callable[[timedelta], Sequence[Sold]]  # what was bought within that time


class Backend(Protocol):
    """A place that runs executions and remembers them by `execution_id`.

    `charges` says whether what is bought here costs money, `lag` how long after a purchase `find`
    may still not know of it, by the target's own clock.
    """

    charges: bool
    lag: timedelta

    def validate(self, circuit: Circuit) -> None:
        """Refuse a circuit that this target could not run, before anything is bought.

        Raises:
            BadInput: it does not fit.
        """

    def find(self, execution: Execution) -> str | None:
        """Return the handle of an execution that the target already has."""

    def submit(self, execution: Execution) -> str:
        """Hand the execution over and return its handle; the same one for the same id."""

    def now(self) -> datetime | None:
        """Return the time at the target; None before it has answered."""

    def look(self, handle: str) -> Outcome | None:
        """Return how the target ended the execution, or None while it goes on; never buys."""

    def wait(self, handle: str, *, between: Callable[[], None]) -> Outcome:
        """Wait until the target has ended the execution, calling `between` after each look."""

    def cancel(self, handle: str) -> None:
        """Ask the target to drop the execution; it may be too late."""

    def sold(self, within: timedelta) -> tuple[Sold, ...]:
        """Return all tasks with this runtime's tags that were bought within that time."""

    def calibration(self) -> str | None:
        """Return the calibration that is in force now; None where the target does not say."""

    def fetch(self, handle: str) -> tuple[Histogram, ...]:
        """Return the counts, one an executable of the action, in its order."""

    def discard(self, handle: str) -> None:
        """Forget the counts: they are in the lake."""


class Provider(Protocol):
    """Who runs what goes to the targets that begin with its name.

    Texts of targets come whole: `NAME:DEVICE`.
    """

    @property
    def name(self) -> str:
        """What the targets of this provider begin with."""

    @property
    def sells(self) -> bool:
        """Whether work there is bought."""

    def check(self, target: str) -> None:
        """Return when the text can name a device.

        Raises:
            BadInput: it cannot.
        """

    def region(self, target: str) -> str:
        """Return where the device stands, as the provider calls it; empty for this machine."""

    def vendor(self, target: str) -> str:
        """Return who made the device; empty where its name does not say."""

    def is_simulator(self, target: str) -> bool:
        """Whether the device is known by its name to be none."""

    def devices(self) -> tuple[str, ...]:
        """Return the machines that a choice considers unless others are named."""

    def snapshot(self, target: str) -> DeviceSnapshot:
        """Return the device as it was at most a minute ago; raises what `look` does."""

    def preflight(self, target: str) -> DeviceSnapshot:
        """Return the device once all that a purchase needs has been seen to be there.

        Raises:
            BadInput: something is missing, in one line.
            DeviceOffline: it takes no work now.
            DeviceRetired: it will take none.
        """

    def look(self, target: str) -> Device:
        """Return the device as it is at this moment.

        Raises:
            NotFound: there is none.
            Transient: the provider does not answer.
            Refused: it does not say.
            BadInput: its capabilities cannot be read here.
        """

    def reachable(self) -> Iterator[Device | Unseen]:
        """Go through all devices that these credentials reach; nothing without credentials."""

    def backend(self, target: str, books: Books) -> Backend:
        """Return what runs executions on the device."""

    def sellers(
        self, targets: Iterable[str]
    ) -> Mapping[str, Callable[[timedelta], Sequence[Sold]]]:
        """Return by region what lists this runtime's tasks there; nothing without credentials.

        Of the regions that are configured, that the provider has, and of the `targets`.
        """
