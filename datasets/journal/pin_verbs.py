"""What the journal writes down of what runs were given, and of the lake that belongs to it."""

import hashlib
import zlib
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from datasets.journal import queries
from datasets.journal.contents import GIVEN_UP
from datasets.journal.database import Database, insert_once
from datasets.journal.tables import contents, executions, facts, pins, runs
from datasets.records.executions import RunId
from tasks.errors import StorageFault

_LAKE: Final = "lake_id"


class PinVerbs(Database):
    """Inputs of runs, each under a name of the run's and the digest of its content."""

    def pin(self, run_id: RunId, name: str, digest: str, *, content: bytes | None) -> str:
        """Pin an input under a name, unless one is; return the digest of the one that stands.

        `content` is what the journal itself is to keep.
        """
        row: dict[str, object] = {"run_id": run_id, "name": name, "digest": digest}
        chosen = sa.and_(pins.c.run_id == run_id, pins.c.name == name)
        with self._writing("pin") as connection:
            _keep(connection, digest, content)
            connection.execute(pins.delete().where(chosen, pins.c.digest == GIVEN_UP))
            insert_once(connection, pins, row)
            return str(connection.execute(sa.select(pins.c.digest).where(chosen)).scalar_one())

    def repin(self, run_id: RunId, name: str, digest: str, *, content: bytes | None) -> None:
        """Pin an input under a name in place of the one that is."""
        chosen = sa.and_(pins.c.run_id == run_id, pins.c.name == name)
        with self._writing("repin") as connection:
            _keep(connection, digest, content)
            connection.execute(pins.delete().where(chosen))
            row = {"run_id": run_id, "name": name, "digest": digest}
            connection.execute(pins.insert(), row)

    def rename_pins(self, run_id: RunId, names: Sequence[tuple[str, str]]) -> None:
        """Give inputs other names, each in place of the one that has that name already."""
        with self._writing("rename_pins") as connection:
            for old, new in names:
                of_run = pins.c.run_id == run_id
                there = sa.select(pins.c.digest).where(of_run, pins.c.name == old)
                digest = connection.execute(there).scalar()
                if digest:
                    connection.execute(pins.delete().where(of_run, pins.c.name == new))
                    row = {"run_id": run_id, "name": new, "digest": digest}
                    connection.execute(pins.insert(), row)
                    left = pins.update().where(of_run, pins.c.name == old)
                    connection.execute(left.values(digest=GIVEN_UP))

    def pinned(self, run_id: RunId) -> dict[str, str]:
        """Return the digest of each of a run's inputs by its name, or that it was given up."""
        of_run = sa.select(pins.c.name, pins.c.digest).where(pins.c.run_id == run_id)
        with self._reading() as connection:
            return {row.name: row.digest for row in connection.execute(of_run)}

    def content(self, digest: str) -> bytes | None:
        """Return an input by its digest, if the journal itself keeps it.

        Raises:
            StorageFault: what it keeps is not what was given.
        """
        wanted = sa.select(contents.c.content).where(contents.c.digest == digest)
        with self._reading() as connection:
            found = connection.execute(wanted).scalar()
        if found is None:
            return None
        try:
            given = zlib.decompress(bytes(found))
        except zlib.error:
            given = b""
        if hashlib.sha256(given).hexdigest() != digest:
            message = f"The journal's input {digest:.12}... is damaged. Restore the journal."
            raise StorageFault(message)
        return given

    def takes_inputs(self, run_id: RunId) -> bool:
        """Whether a run may be given something anew: it is open, and has meant no execution."""
        any_of = sa.select(executions.c.execution_id).where(executions.c.run_id == run_id)
        ended = queries.of_run(run_id).where(runs.c.ended_at.is_not(None))
        with self._reading() as connection:
            return not any(connection.execute(each.limit(1)).first() for each in (any_of, ended))

    def lake_id(self) -> str | None:
        """Return the id of the lake that the journal's runs land in, once one has."""
        wanted = sa.select(facts.c.fact).where(facts.c.name == _LAKE)
        with self._reading() as connection:
            found: str | None = connection.execute(wanted).scalar()
        return found

    def remember_lake(self, lake_id: str) -> str:
        """Write down which lake the runs land in, unless one is; return the one that stands."""
        wanted = sa.select(facts.c.fact).where(facts.c.name == _LAKE)
        with self._writing("remember_lake") as connection:
            insert_once(connection, facts, {"name": _LAKE, "fact": lake_id})
            return str(connection.execute(wanted).scalar_one())


def _keep(connection: sa.Connection, digest: str, content: bytes | None) -> None:
    if content is not None:
        insert_once(connection, contents, {"digest": digest, "content": content})
