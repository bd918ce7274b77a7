"""What a run's executions go through: the journal, the target, and the device as the run saw it."""

from dataclasses import dataclass

from datasets.journal.journal import Journal
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import RunId
from tasks.backends.protocol import Backend
from tasks.errors import RunCancelled


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One run's way to its target.

    `mixing` allows one result from several calibrations; without `buying` what is missing stays
    missing, as it was when somebody first looked at what came back.
    """

    run_id: RunId
    journal: Journal
    backend: Backend
    snapshot: DeviceSnapshot
    mixing: bool = False
    buying: bool = True

    def check_wanted(self) -> None:
        """Go on, unless somebody has asked for the run to be cancelled.

        Raises:
            RunCancelled: so it is.
        """
        if not self.journal.is_wanted(self.run_id):
            raise RunCancelled(self.run_id)
