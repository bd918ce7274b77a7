"""The journal's tables, as SQLAlchemy Core sees them; migrations/ is how they come to be."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

MICRO = Decimal("0.000001")
WIDE = BigInteger().with_variant(Integer, "sqlite")  # whose integers are all wide


class Money(TypeDecorator[Decimal]):
    """USD, kept as whole millionths so that SQLite and PostgreSQL add it up exactly."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Round to the millionth, which no price list goes below."""
        del dialect
        if value is None:
            return None
        return int((value / MICRO).to_integral_exact())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Give back USD."""
        del dialect
        return None if value is None else Decimal(value) * MICRO


class Moment(TypeDecorator[datetime]):
    """An aware UTC time with microseconds; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back UTC, aware; PostgreSQL answers in the zone of the session."""
        del dialect
        if value is None or value.tzinfo:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(36), primary_key=True),
    Column("number", BigInteger, index=True),  # ascending, whatever the clock said
    Column("flow", String(64), nullable=False),
    Column("tenant", String(64), nullable=False),
    Column("target", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("parameters", Text, nullable=False),  # JSON: the flow's own, enough to run it again
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("quote_usd", Money),
    Column("cost_usd", Money),
    Column("result", Text),  # JSON: the flow's answer
    Column("failure", Text),
    Column("cancel_requested_at", Moment),
    Column("streams", Integer, nullable=False, server_default="1"),
    Column("opened_at", Moment),  # when it began, by the clock of who sells
    Column("what_if_usd", Money),  # of a closed run: where nobody charges, by published prices
)

executions = Table(
    "executions",
    metadata,
    Column("execution_id", String(40), primary_key=True),
    Column("run_id", String(36), ForeignKey("runs.run_id"), nullable=False, index=True),
    Column("number", BigInteger),  # ascending within the run
    Column("parent_id", String(40)),
    Column("target", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("purpose", String(16), nullable=False),
    Column("iteration", Integer, nullable=False),
    Column("action", LargeBinary, nullable=False),  # the very bytes that the target gets
    Column("executables", Text, nullable=False),  # JSON
    Column("seed", BigInteger, nullable=False),
    Column("shots", WIDE, nullable=False),
    Column("shots_returned", WIDE),
    Column("compiled_id", String(64), nullable=False),
    Column("calibration_id", String(64), nullable=False),
    Column("calibration_id_submitted", String(64)),
    Column("calibration_id_end", String(64)),
    Column("cost_usd", Money, nullable=False),
    Column("handle", Text),
    Column("created_at", Moment, nullable=False),
    Column("meant_at", Moment),  # when it was meant last, by the target's clock
    Column("submitted_at", Moment),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    Column("failure", Text),
    Column("charged_usd", Money),  # by the provider; nothing where nobody charges
    Column("options", Text, nullable=False),  # JSON
    Column("engine", Text),  # what simulated it, and why that
    Column("chunk", Text),  # where in the lake its counts are, or will be
    Index("ix_executions_number", "run_id", "number"),
)

iterations = Table(
    "iterations",
    metadata,
    Column("run_id", String(36), ForeignKey("runs.run_id"), primary_key=True),
    Column("iteration", Integer, primary_key=True),
    Column("points", Text, nullable=False),  # JSON: list of lists of radians
    Column("energies", Text, nullable=False),  # JSON: list of [value, stderr]
    Column("shots", WIDE, nullable=False),
    Column("cost_usd", Money, nullable=False),
    Column("elapsed_s", Float, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("entry_id", String(64), primary_key=True),
    Column("run_id", String(36), ForeignKey("runs.run_id"), nullable=False, index=True),
    Column("tenant", String(64), nullable=False),
    Column("execution_id", String(40), ForeignKey("executions.execution_id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("usd", Money, nullable=False),
    Column("at", Moment, nullable=False),
    Column("batch", Integer),  # the file of the lake's `spend` that holds it
)

# What runs were given, as it was when they first asked: by digest, so that each is kept once.
pins = Table(
    "pins",
    metadata,
    Column("run_id", String(36), ForeignKey("runs.run_id"), primary_key=True),
    Column("name", String(128), primary_key=True),
    Column("digest", String(64), nullable=False),  # sha256 of what was given
)

contents = Table(  # what is small of it; what is not is in the lake
    "contents",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),  # compressed by zlib
)

facts = Table(  # of the journal itself, each written once
    "facts",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("fact", Text, nullable=False),
)

# A device has a standing by each authority; the worst that holds is in force.
device_states = Table(
    "device_states",
    metadata,
    Column("target", String(512), primary_key=True),
    Column("authority", String(16), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("until", Moment),
    Column("set_by", Text, nullable=False),
    Column("since", Moment, nullable=False),
)

audit = Table(  # rows are added, never changed
    "audit",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False, index=True),
    Column("detail", Text, nullable=False),  # JSON
)
