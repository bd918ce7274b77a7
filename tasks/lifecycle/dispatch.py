"""What a run's executions go through: the journal, the target, and the device as the run saw it."""

from dataclasses import dataclass

from datasets.journal.journal import Journal
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import RunId
from tasks.backends.protocol import Backend
from tasks.errors import RunCancelled


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One run's way to its target. `mixing` allows one result from several calibrations."""

    run_id: RunId
    journal: Journal
    backend: Backend
    snapshot: DeviceSnapshot
    mixing: bool = False

    def check_wanted(self) -> None:
        """Go on, unless somebody has asked for the run to be cancelled.

        Raises:
            RunCancelled: so it is.
        """
        if self.journal.run(self.run_id).cancel_requested_at is not None:
            raise RunCancelled(self.run_id)
