"""Hold the runs of a journal to one lake, whichever home works on them.

The lake has an id in a file of its own, which the journal remembers from the first use: a lake that
is moved, or a home, is still the same; another one at the same place is not.
"""

from pathlib import Path, PurePosixPath
from typing import Final
from uuid import UUID, uuid4

from datasets.files.storage_faults import explain
from datasets.journal.journal import Journal
from datasets.lake.own_files import lake_id, name_lake
from datasets.lake.schema.schemas import SCHEMA_VERSIONS
from datasets.lake.stores import Store, open_store
from datasets.records.executions import RunId
from tasks.errors import BadInput

LOOKED_AT: Final = 20  # ended runs, of which a journal's own lake has at least one


def check_lake(journal: Journal, root: Path | str) -> None:
    """Refuse a lake that is not the one of a journal's runs; one that has none yet gets this one.

    Raises:
        BadInput: it is another one.
        StorageFault: it cannot be read, or an id cannot be written.
    """
    with explain(root, run_id=None):
        store = open_store(root)
        found, known = lake_id(store), journal.lake_id()
        if known is None:
            _check_holds_runs(journal, store, root=root)
            found = found or name_lake(store, uuid4())
            known = journal.remember_lake(found)
    if known != found:
        raise _another(root, found=found, known=known)


def begin_anew(journal: Journal, root: Path | str) -> None:
    """Make the lake of a journal's runs anew where it was lost; one that is there stays as it is.

    Raises:
        BadInput: another lake is there, or files which are not of this journal's runs.
        StorageFault: it cannot be read, or an id cannot be written.
    """
    with explain(root, run_id=None):
        store = open_store(root)
        found, known = lake_id(store), journal.lake_id()
        if known is None:
            return
        if found is None:
            if next(iter(store.walk(PurePosixPath())), None) is not None:
                _check_holds_runs(journal, store, root=root)
            found = name_lake(store, UUID(known))
    if known != found:
        raise _another(root, found=found, known=known)


def _another(root: Path | str, *, found: str | None, known: str) -> BadInput:
    here = f"it is lake {found:.8}" if found else "it has no lake.json"
    lost = "" if found else "; if it is lost, `qrt reconcile --new-lake` begins it anew here"
    return BadInput(
        f"{root} is not the lake of this journal's runs, which is {known:.8}: {here}. Homes that "
        f"share a journal share its lake: set QRT_LAKE or QRT_HOME to where that is{lost}."
    )


def _check_holds_runs(journal: Journal, store: Store, *, root: Path | str) -> None:
    """Refuse a lake with none of the ended runs of a journal that is older than lake ids."""
    ended = [run.run_id for run in journal.runs(limit=LOOKED_AT) if run.ended_at]
    if ended and not any(_holds(store, run_id) for run_id in ended):
        message = (
            f"{root} has none of the last {len(ended)} runs that this journal has ended: their "
            "lake is another one. Set QRT_LAKE or QRT_HOME to where that is."
        )
        raise BadInput(message)


def _holds(store: Store, run_id: RunId) -> bool:
    versions = range(1, SCHEMA_VERSIONS["runs"] + 1)
    folders = (PurePosixPath("runs", f"v{version}", run_id) for version in versions)
    return any(next(iter(store.walk(folder)), None) is not None for folder in folders)
