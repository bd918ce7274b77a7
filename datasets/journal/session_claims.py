"""Claims of a PostgreSQL journal: advisory locks, which end with their connection."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from datasets.journal.database import storage
from datasets.journal.engines import postgresql_engine, process_name, process_of

_KEY = "hashtextextended('quantum-runtime: run ' || :name, 0)"
_TAKE = sa.text(f"SELECT pg_try_advisory_lock({_KEY})")
_NAME = sa.text("SELECT set_config('application_name', :called, false)")
_RELEASE = sa.text(f"SELECT pg_advisory_unlock({_KEY})")

# An advisory lock of one 64-bit key is listed as its halves, and objsubid 1.
_HOLDER = sa.text(f"""
    SELECT coalesce(activity.application_name, '')
    FROM pg_locks AS held LEFT JOIN pg_stat_activity AS activity USING (pid)
    WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
      AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (held.classid::bigint << 32) | held.objid::bigint = {_KEY}
""")  # noqa: S608 - the key is the constant above

# The server drops a machine that has vanished within a minute, and a quiet one never.
_STAY = sa.text("""
    SELECT set_config(name, wanted, false)
    FROM pg_settings JOIN (VALUES
        ('idle_session_timeout', '0'),
        ('tcp_keepalives_idle', '30'),
        ('tcp_keepalives_interval', '10'),
        ('tcp_keepalives_count', '3')
    ) AS settings (name, wanted) USING (name)
""")


@dataclass(frozen=True, slots=True)
class SessionClaim:
    """A lock, and the connection that it lives and dies with."""

    name: str
    connection: sa.Connection

    def stands(self) -> bool:
        """Whether the connection is still there: a server that was started again knows nothing."""
        try:
            self.connection.execute(sa.text("SELECT 1"))
        except SQLAlchemyError:  # the driver's word for it at first, SQLAlchemy's from then on
            return False
        return True

    def release(self) -> None:
        """Unlock: the server may take a moment to notice that a connection is closed."""
        try:
            self.connection.execute(_RELEASE, {"name": self.name})
        except SQLAlchemyError:
            self.connection.invalidate()  # the lock went with it
        self.connection.close()


class SessionClaims:
    """One connection a claim."""

    def __init__(self, url: str) -> None:
        self._engine = postgresql_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")

    def take(self, name: str, *, by: str = "") -> SessionClaim | None:
        """Claim a name, unless another process has.

        Raises:
            StorageFault: the server does not let us ask.
        """
        with storage(self._engine):
            connection = self._engine.connect()
            try:
                connection.execute(_STAY)
                connection.execute(_NAME, {"called": process_name(by=by)})
                taken = connection.execute(_TAKE, {"name": name}).scalar_one()
            except DBAPIError:
                connection.close()
                raise
        if not taken:
            connection.close()
            return None
        return SessionClaim(name, connection)

    def holder(self, name: str) -> str | None:
        """Say who has claimed it, if anybody has.

        Raises:
            StorageFault: the server does not let us ask.
        """
        with storage(self._engine), self._engine.connect() as connection:
            called = connection.execute(_HOLDER, {"name": name}).scalar()
        return None if called is None else process_of(called)
