"""The ledger, what providers charged, device options, chunks, and runs to be cancelled."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add what the first journal did not know; its executions had no options."""
    op.add_column("runs", sa.Column("cancel_requested_at", sa.DateTime(timezone=True)))
    op.add_column("executions", sa.Column("charged_usd", sa.BigInteger))
    op.add_column("executions", sa.Column("options", sa.Text, nullable=False, server_default=""))
    op.add_column("executions", sa.Column("chunk", sa.Text))
    op.create_table(
        "ledger",
        sa.Column("entry_id", sa.String(64), primary_key=True),
        sa.Column("run_id", sa.String(36), sa.ForeignKey("runs.run_id"), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column(
            "execution_id",
            sa.String(40),
            sa.ForeignKey("executions.execution_id"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("usd", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("batch", sa.Integer),
    )
    op.create_index("ix_ledger_run_id", "ledger", ["run_id"])
