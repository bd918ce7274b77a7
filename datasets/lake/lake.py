"""The lake: immutable Parquet files that are checked against their contract before they appear."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from datasets.contracts.checking import PASSED, Verdict, check
from datasets.contracts.meaning import Related
from datasets.files.storage_faults import explain
from datasets.lake import own_files, quarantine, verification
from datasets.lake.batches import Batch, contents, landed, prepare, publish
from datasets.lake.conversion import Rows
from datasets.lake.encoding import Label
from datasets.lake.landed_rows import folders_of, names_of, not_landed, rows_of
from datasets.lake.naming import file_path
from datasets.lake.quality_rows import has_passed, land_verdicts
from datasets.lake.references import related_to, remember
from datasets.lake.release import refuse_newer
from datasets.lake.stores import Store, open_store
from datasets.records import names
from tasks.core.progress.events import emit
from tasks.errors import BrokenContract

Batches: TypeAlias = Mapping[str, Sequence[tuple[Sequence[str], Rows]]]
Contents: TypeAlias = Callable[[], bytes] | None  # what gives a file's bytes once they are made


@dataclass(frozen=True, slots=True)
class LandedFile:
    """A file in the lake. `created` is False when the same landing was there already."""

    path: str
    rows: int
    sha256: str
    created: bool


def _anybody() -> None:
    """Let anybody land: there is no journal."""


@dataclass(frozen=True, slots=True)
class Lake:
    """The lake at one root (a folder or an `s3://` URI), with a local folder for refused rows."""

    root: str | Path
    quarantine: Path
    check: Callable[[], object] = _anybody  # raises where the lake is not its journal's

    def land(self, table: str, key: Sequence[str], rows: Rows, *, run_id: str) -> LandedFile:
        """Publish rows under a key, once and for ever, and a `quality` row that says so.

        Landing the same rows again changes nothing. What the rows of one table alone refer to is
        not looked for. Raises as `land_all` does.
        """
        return self._land({table: [(key, rows)]}, run_id=run_id, once_in=(), alone=True)[0]

    def land_all(
        self,
        batches: Batches,
        *,
        run_id: str,
        once_in: Sequence[str] = (),
    ) -> tuple[LandedFile, ...]:
        """Publish a chunk: check everything, then publish in the order given, then `quality`.

        Work that files in the folders `once_in` hold, under whatever names, is not landed again.
        When one batch breaks its contract nothing of the chunk is published: all of it goes to
        quarantine, so that what belongs together stays together. Rows of one table are held against
        those of others in the chunk or in the lake: what they refer to, and what they add up to.

        Raises:
            BrokenContract: a contract refused rows; they are in quarantine.
            StorageFault: something could not be written; no part of a file is left behind.
            Terminal: other rows are landed under the same key, or rows do not fit the schema.
            BadInput: `run_id` is neither a run's id nor the digest of a question, or the journal's
                runs are in another lake.
        """
        return self._land(batches, run_id=run_id, once_in=once_in, alone=False)

    def _land(
        self,
        batches: Batches,
        *,
        run_id: str,
        once_in: Sequence[str],
        alone: bool,
    ) -> tuple[LandedFile, ...]:
        names.asker(run_id)
        self.check()
        store = open_store(self.root)
        chunk = [prepare(name, *item) for name, items in batches.items() for item in items]
        with explain(self.root, run_id=run_id):
            if once_in:
                chunk = list(not_landed(store, chunk, folders=once_in))
            found = [landed(store, batch) for batch in chunk]
            labels = [there or batch.label for there, batch in zip(found, chunk, strict=True)]
            if not chunk:
                return ()
            if None not in found and has_passed(store, labels, run_id=run_id):
                return tuple(map(partial(_publish, store), chunk, found))
            folders = _folders(chunk, run_id, once_in)
            related = None if alone else related_to(store, chunk, folders=folders)
            verdicts, encoded = _check(chunk, found, related)
            if not all(verdict.success for verdict in verdicts):
                self._refuse(store, chunk, verdicts, run_id=run_id)
            files = tuple(map(partial(_publish, store), chunk, found, encoded))
            land_verdicts(store, labels, verdicts, run_id=run_id)
            remember(store, chunk)
            return files

    def refuse_newer(self) -> None:
        """Refuse to go on with what a newer release has written.

        Raises:
            BadInput: a table is in a version that this release does not know.
            StorageFault: the lake cannot be listed.
        """
        with explain(self.root, run_id=None):
            refuse_newer(open_store(self.root))

    def holds(self, table: str, key: Sequence[str]) -> bool:
        """Whether something is landed under a key, checked when it was.

        Raises:
            StorageFault: the lake cannot be read.
        """
        with explain(self.root, run_id=None):
            try:
                open_store(self.root).read(file_path(table, key))
            except FileNotFoundError:
                return False
            return True

    def rows_of(self, table: str, folder: str) -> list[dict[str, Any]]:
        """Return the rows of a table's files whose key begins with `folder`; for small tables.

        Raises:
            StorageFault: the lake cannot be read.
        """
        with explain(self.root, run_id=None):
            return rows_of(open_store(self.root), table, folder)

    def folders(self, table: str) -> frozenset[str]:
        """Return the first parts of the keys of a table's files.

        Raises:
            StorageFault: the lake cannot be listed.
        """
        with explain(self.root, run_id=None):
            return folders_of(open_store(self.root), table)

    def names(self, table: str, folder: str) -> frozenset[str]:
        """Return the last parts of the keys of a table's files in a folder.

        Raises:
            StorageFault: the lake cannot be listed.
        """
        with explain(self.root, run_id=None):
            return names_of(open_store(self.root), table, folder)

    def keep_input(self, sha256: str, content: bytes) -> None:
        """Keep an input of a run under its digest, once and for ever.

        Raises:
            StorageFault: it cannot be written.
            BadInput: the journal's runs are in another lake.
        """
        self.check()
        with explain(self.root, run_id=None):
            own_files.keep_input(open_store(self.root), sha256, content)

    def find_input(self, sha256: str) -> bytes | None:
        """Return an input of a run by its digest, if the lake has it.

        Raises:
            StorageFault: the lake cannot be read.
        """
        with explain(self.root, run_id=None):
            return own_files.find_input(open_store(self.root), sha256)

    def missing(self, run_id: str) -> list[str]:
        """Return the files that `quality` says a run has landed, and that are not there.

        Raises:
            StorageFault: the lake cannot be read.
        """
        with explain(self.root, run_id=None):
            store = open_store(self.root)
            return [str(path) for path in verification.missing(store, run_id=run_id)]

    def verify(
        self, tables: Sequence[str] | None = None, *, contracts: bool = False
    ) -> list[verification.Problem]:
        """Read every file of the tables (default: all) again and say what is wrong with them."""
        with explain(self.root, run_id=None):
            return verification.problems(open_store(self.root), tables, contracts=contracts)

    def _refuse(
        self, store: Store, chunk: Sequence[Batch], verdicts: Sequence[Verdict], *, run_id: str
    ) -> NoReturn:
        """Keep the whole chunk aside, say so in `quality`, and stop whatever comes next."""
        pairs = list(zip(chunk, verdicts, strict=True))
        kept = [quarantine.keep(self.quarantine, batch, verdict) for batch, verdict in pairs]
        reports = [str(place.with_suffix(".json")) for place in kept]
        labels = [batch.label for batch in chunk]
        land_verdicts(store, labels, verdicts, run_id=run_id, reports=reports)
        broken = [at for at, verdict in enumerate(verdicts) if not verdict.success]
        tables = dict.fromkeys(chunk[at].label.table for at in broken)
        failed = dict.fromkeys(text for at in broken for text in verdicts[at].failed)
        raise BrokenContract(", ".join(tables), tuple(failed), str(kept[broken[0]]))


def _check(
    chunk: Sequence[Batch], found: Sequence[Label | None], related: Related | None
) -> tuple[list[Verdict], list[Contents]]:
    """Check and encode, beside each other, the batches that are not there yet.

    What is there was checked when it was landed, and has the same rows.
    """
    with ThreadPoolExecutor(1, "encoding") as aside:
        encoded: list[Contents] = [
            aside.submit(contents, batch).result if there is None else None
            for batch, there in zip(chunk, found, strict=True)
        ]
        return _verdicts(chunk, found, related), encoded


def _verdicts(
    chunk: Sequence[Batch], found: Sequence[Label | None], related: Related | None
) -> list[Verdict]:
    """Check each table's batches together, and one by one only where they break the contract.

    An expectation is of single rows or that they differ: what holds for all rows holds for some.
    What they are held against in other tables is that of the whole chunk.
    A check costs 0.1 s, however few the rows; a batch of circuits lands hundreds of files.
    """
    new: dict[str, list[Batch]] = {}
    for batch, there in zip(chunk, found, strict=True):
        if there is None:
            new.setdefault(batch.label.table, []).append(batch)
    sound = {table for table, batches in new.items() if _hold_together(table, batches, related)}
    return [
        check(batch.label.table, batch.rows, related)
        if there is None and batch.label.table not in sound
        else PASSED
        for batch, there in zip(chunk, found, strict=True)
    ]


def _hold_together(table: str, batches: Sequence[Batch], related: Related | None) -> bool:
    import pyarrow as pa

    if len(batches) == 1:
        return False  # it is checked by itself
    return check(table, pa.concat_tables([batch.rows for batch in batches]), related).success


def _folders(chunk: Sequence[Batch], run_id: str, once_in: Sequence[str]) -> list[str]:
    """Return the folders where what a chunk refers to is likely to be."""
    return list(dict.fromkeys([*once_in, run_id, *(batch.label.key[0] for batch in chunk)]))


def _publish(
    store: Store, batch: Batch, found: Label | None, encoded: Contents = None
) -> LandedFile:
    created = found is None and publish(store, batch, encoded() if encoded else None)
    emit("file.landed", path=str(batch.path), created=created)
    return LandedFile(
        store.locate(batch.path), len(batch.rows), (found or batch.label).sha256, created
    )
