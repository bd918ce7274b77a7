"""The places that a run works with: home folder, journal, lake, and the backend of its target."""

from dataclasses import dataclass
from functools import lru_cache

from datasets.journal.journal import Journal
from datasets.lake import Lake
from datasets.layout import Home
from datasets.records.devices import DeviceSnapshot
from datasets.records.runs import Run
from tasks.backends.braket import BraketBackend
from tasks.backends.braket_devices import current, is_braket
from tasks.backends.braket_snapshots import snapshot_of
from tasks.backends.protocol import Backend
from tasks.backends.simulated import SimulatedBackend
from tasks.errors import BadInput
from tasks.lifecycle.inputs import pinned_snapshot


@dataclass(frozen=True, slots=True)
class Runtime:
    """An open home."""

    home: Home
    journal: Journal
    lake: Lake

    def backend(self, run: Run) -> Backend:
        """Return the backend that runs what `run` buys."""
        if is_braket(run.target):
            return BraketBackend(
                run.target, began=lambda run_id: self.journal.run(run_id).started_at
            )
        return SimulatedBackend(self.snapshot(run), self.home.spool)

    def snapshot(self, run: Run) -> DeviceSnapshot:
        """Return the run's device as it was when the run began."""
        if not is_braket(run.target):
            return pinned_snapshot(run, home=self.home)
        bought = self.journal.executions(run.run_id)
        return snapshot_of(
            run.run_id,
            used=bought[0].execution.calibration_id if bought else None,
            folder=self.home.cache / "snapshots",
            look=lambda: current(run.target),
        )


@lru_cache(maxsize=8)
def open_runtime(home: Home) -> Runtime:
    """Open a home, creating what is missing.

    Raises:
        BadInput: the folder cannot be written.
        StorageFault: the journal cannot be opened.
    """
    try:
        for folder in (home.lake, home.reports, home.quarantine, home.spool, home.cache, home.logs):
            folder.mkdir(parents=True, exist_ok=True)
        probe = home.root / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        message = (
            f"The home folder {home.root} cannot be written: {error.strerror}. "
            "Set QRT_HOME to a folder that can."
        )
        raise BadInput(message) from error
    return Runtime(home, Journal.open(home.journal), Lake(str(home.lake), home.quarantine))
