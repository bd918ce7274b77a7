"""The places that a run works with: home folder, journal, lake, and the backend of its target."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, lru_cache, partial
from pathlib import Path
from tempfile import TemporaryFile

from datasets.devices.catalogue import resolve
from datasets.file_writing import make_folder
from datasets.home_rights import make_private, refuse_anothers
from datasets.journal.journal import Journal
from datasets.journal.rows import Entry
from datasets.lake import Lake
from datasets.layout import Home
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import RunId
from datasets.records.runs import Run
from datasets.views import query
from tasks.backends.braket import BraketBackend
from tasks.backends.braket_account import REGIONS, has_account
from tasks.backends.braket_connection import connect, named_region
from tasks.backends.braket_devices import connection_of, current, is_braket
from tasks.backends.braket_search import sold
from tasks.backends.protocol import Backend, Sold
from tasks.backends.simulated import SimulatedBackend
from tasks.core.events import Event, listening
from tasks.errors import BadInput
from tasks.lifecycle.claims import keep
from tasks.lifecycle.dispatch import MAX_REMAINDERS, Dispatch
from tasks.lifecycle.inputs import pinned_account, pinned_snapshot
from tasks.lifecycle.landed_counts import landed_counts
from tasks.lifecycle.one_lake import check_lake
from tasks.lifecycle.options import applied, cap_of, mixes_calibrations, options_of
from tasks.lifecycle.pins import Pins


@dataclass(frozen=True, slots=True)
class Runtime:
    """An open home; whatever takes a run takes it on one of its targets (`Run.at`)."""

    home: Home
    journal: Journal
    lake: Lake

    def pins(self, run_id: RunId) -> Pins:
        """Return what a run was given."""
        return Pins(run_id, self.home.inputs_of(run_id), self.journal, self.lake)

    def dispatch(self, run: Run) -> Dispatch:
        """Return what the executions of `run` go through."""
        return Dispatch(
            run.run_id,
            self.journal,
            self.backend(run),
            self.snapshot(run),
            mixing=mixes_calibrations(run),
            remainders=run.asked.get("retries", MAX_REMAINDERS),
            check_claim=partial(keep, run.run_id, home=self.home),
            cap_usd=cap_of(run.asked),
            landed=partial(landed_counts, home=self.home),
        )

    def backend(self, run: Run) -> Backend:
        """Return the backend that runs what `run` buys."""
        if not is_braket(run.target):
            return SimulatedBackend(self.snapshot(run), self.home.spool)
        return BraketBackend(
            run.target,
            began=lambda run_id: self.journal.run(run_id).opened_at,
            prices=lambda: self.snapshot(run).prices,
            account=lambda run_id, account: pinned_account(account, pins=self.pins(run_id)),
        )

    def backends(self, run: Run, entries: Iterable[Entry]) -> Mapping[str, Backend]:
        """Return the backend of each target that executions of `run` are on."""
        targets = sorted({entry.execution.target for entry in entries})
        return {target: self.backend(run.at(target)) for target in targets}

    def region(self, run: Run) -> str:
        """Return the region of a provider that `run` buys in; nothing where nobody sells."""
        return connection_of(run.target).region if is_braket(run.target) else ""

    def further_regions(self) -> tuple[str, ...]:
        """Return the regions that configuration, lake and catalogue know; none without account."""
        if not has_account():
            return ()
        mine = (named_region(), *self._regions_in_lake(), *REGIONS)
        return tuple(dict.fromkeys(filter(None, mine)))

    def seller(self, region: str) -> Callable[[timedelta], Sequence[Sold]]:
        """Return what lists this runtime's tasks in a region."""
        return lambda within: sold(connect(region), within=within)

    def _regions_in_lake(self) -> list[str]:
        targets = "SELECT DISTINCT unnest(string_split(target, ', ')) FROM runs"
        found = (str(row[0]) for row in query(self.home.lake, targets).rows)
        return [connection_of(target).region for target in found if is_braket(target)]

    def snapshot(self, run: Run) -> DeviceSnapshot:
        """Return the run's device as it was when the run began, with the run's options."""
        return applied(options_of(run), self.published(run))

    def published(self, run: Run) -> DeviceSnapshot:
        """Return the run's device as it was for everybody when the run began."""
        entries = self.journal.executions(run.run_id)
        bought = [entry for entry in entries if entry.execution.target == run.target]
        return pinned_snapshot(
            run,
            pins=self.pins(run.run_id),
            used=bought[0].execution.calibration_id if bought else None,
            look=lambda: (
                current(run.target)
                if is_braket(run.target)
                else resolve(run.target, self.home.devices)
            ),
        )


@lru_cache(maxsize=8)
def open_runtime(home: Home) -> Runtime:
    """Open a home, creating what is missing.

    Raises:
        BadInput: the folder cannot be written or is everybody's or another's, the journal's URL is
            wrong, or a newer release wrote the journal or the lake.
        StorageFault: the journal cannot be opened.
    """
    refuse_anothers(home.root, whole=True)
    lake = Lake(str(home.lake), home.quarantine)
    lake.refuse_newer()
    try:
        make_folder(home.root)
        if make_private(home.root):
            sys.stderr.write(f"{home.root} could be read by others; now it is yours alone.\n")
        for folder in _folders(home):
            make_folder(folder)
        with TemporaryFile(dir=home.root):
            pass
    except OSError as error:
        message = (
            f"The home folder {home.root} cannot be written: {error.strerror}. "
            "Set QRT_HOME to a folder that can."
        )
        raise BadInput(message) from error
    with listening(_tell_of_upgrade):
        journal = Journal.open(home.journal)
    once = cache(partial(check_lake, journal, home.lake))
    return Runtime(home, journal, replace(lake, check=once))


def _tell_of_upgrade(event: Event) -> None:
    if event.name == "journal.upgraded":
        kept = f"; as it was it is kept in {event.fields['kept']}" if event.fields["kept"] else ""
        found, now = event.fields["found"], event.fields["now"]
        sys.stderr.write(f"The journal went from schema {found} to {now}{kept}.\n")


def _folders(home: Home) -> list[Path]:
    """Return what has to be there before a run begins; a bucket is there already."""
    folders = [home.inputs, home.reports, home.quarantine, home.spool, home.cache, home.logs]
    return [*folders, home.lake] if isinstance(home.lake, Path) else folders
