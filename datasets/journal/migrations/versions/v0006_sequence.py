"""Sequence numbers of runs and executions, times at their targets, and 64-bit counts of shots."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

WIDE = {"executions": ("shots", "shots_returned"), "iterations": ("shots",)}
NUMBERED = """
    UPDATE {table} SET number = numbered.number
    FROM (SELECT {key} AS id, row_number() OVER ({window}) AS number FROM {table}) AS numbered
    WHERE numbered.id = {table}.{key}
"""


def upgrade() -> None:
    """Number what there is by its times, which is all that is known; SQLite has wide integers."""
    op.add_column("runs", sa.Column("number", sa.BigInteger))
    op.add_column("runs", sa.Column("opened_at", sa.DateTime(timezone=True)))
    op.add_column("executions", sa.Column("number", sa.BigInteger))
    op.add_column("executions", sa.Column("meant_at", sa.DateTime(timezone=True)))
    for table, key, window in (
        ("runs", "run_id", "ORDER BY started_at, run_id"),
        ("executions", "execution_id", "PARTITION BY run_id ORDER BY created_at, execution_id"),
    ):
        op.execute(NUMBERED.format(table=table, key=key, window=window))
    op.create_index("ix_runs_number", "runs", ["number"])
    op.create_index("ix_executions_number", "executions", ["run_id", "number"])
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in WIDE.items():
            for column in columns:
                op.alter_column(table, column, type_=sa.BigInteger)
