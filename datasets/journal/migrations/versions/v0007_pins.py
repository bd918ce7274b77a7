"""Inputs of runs pinned by digest, the id of the lake, and what-if cost apart from money spent.

Until now a run that nobody charges for had a cost: what its targets' published prices make of it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

FREE = """
    SELECT sum(executions.cost_usd) FROM executions
    WHERE executions.run_id = runs.run_id AND executions.handle IS NOT NULL
    AND executions.charged_usd IS NULL
    AND NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.execution_id = executions.execution_id)
"""
CHARGED = """
    SELECT sum(executions.charged_usd) FROM executions WHERE executions.run_id = runs.run_id
"""


def upgrade() -> None:
    """Add the tables; what a closed run cost becomes what was charged for it."""
    op.create_table(
        "contents",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "pins",
        sa.Column("run_id", sa.String(36), sa.ForeignKey("runs.run_id"), primary_key=True),
        sa.Column("name", sa.String(128), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_table(
        "facts",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("fact", sa.Text, nullable=False),
    )
    op.add_column("runs", sa.Column("what_if_usd", sa.BigInteger))
    op.execute(
        f"""UPDATE runs SET what_if_usd = coalesce(({FREE}), 0),
        cost_usd = coalesce(({CHARGED}), 0) WHERE cost_usd IS NOT NULL"""  # noqa: S608 - our own
    )
