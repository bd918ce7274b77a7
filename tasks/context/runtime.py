"""The places that a run works with: home folder, journal, lake, and the backend of its target."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from pathlib import Path
from tempfile import TemporaryFile

from datasets.files.home_rights import make_private, refuse_anothers
from datasets.files.writing import make_folder
from datasets.home import Home
from datasets.journal.journal import Journal
from datasets.journal.rows import Entry
from datasets.lake.lake import Lake
from datasets.lake.views import query
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.backends.protocol import Backend, Books, Provider, Seller
from tasks.backends.targets import sellers, target_of
from tasks.context.device_options import applied, options_of
from tasks.context.dispatch import Dispatch
from tasks.context.landed_counts import landed_counts
from tasks.context.one_lake import check_lake
from tasks.context.pinned_inputs import pinned_account, pinned_snapshot
from tasks.context.pins import Pins
from tasks.context.run_lock import keep
from tasks.core.progress.events import Event, listening
from tasks.errors import BadInput
from tasks.requests.of_run import request_of


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
        asked = request_of(run)
        return Dispatch(
            run.run_id,
            self.journal,
            self.backend(run),
            self.snapshot(run),
            mixing=asked.mix_calibrations,
            remainders=asked.retries,
            check_claim=partial(keep, run.run_id, home=self.home),
            cap_usd=asked.max_usd,
            landed=partial(landed_counts, home=self.home),
        )

    def backend(self, run: Run) -> Backend:
        """Return the backend that runs what `run` buys."""
        books = Books(
            began=lambda run_id: self.journal.run(run_id).opened_at,
            account=lambda run_id, account: pinned_account(account, pins=self.pins(run_id)),
            snapshot=lambda: self.snapshot(run),
            spool=self.home.spool,
        )
        return target_of(run.target).provider.backend(run.target, books)

    def backends(self, run: Run, entries: Iterable[Entry]) -> Mapping[str, Backend]:
        """Return the backend of each target that executions of `run` are on."""
        targets = sorted({entry.execution.target for entry in entries})
        return {target: self.backend(run.at(target)) for target in targets}

    def region(self, run: Run) -> str:
        """Return the region of a provider that `run` buys in; nothing where nobody sells."""
        return target_of(run.target).region

    def further_sellers(self) -> Mapping[str, Seller]:
        """Return by region what lists this runtime's tasks; nothing without an account.

        Of the regions that configuration, lake and catalogue know.
        """
        found: dict[str, Seller] = {}
        for provider in sellers():
            found |= {**provider.sellers(self._landed_at(provider)), **found}
        return found

    def _landed_at(self, provider: Provider) -> Iterator[str]:
        """Go through the targets of a provider in the lake, which is read when that begins."""
        targets = "SELECT DISTINCT unnest(string_split(target, ', ')) FROM runs"
        for row in query(self.home.lake, targets).rows:
            if target_of(str(row[0])).provider is provider:
                yield str(row[0])

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
            look=lambda: target_of(run.target).provider.snapshot(run.target),
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
