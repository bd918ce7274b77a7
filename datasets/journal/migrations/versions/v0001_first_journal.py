"""The first journal: runs, executions, iterations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(36), primary_key=True),
        sa.Column("flow", sa.String(64), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("quote_usd", sa.BigInteger),
        sa.Column("cost_usd", sa.BigInteger),
        sa.Column("result", sa.Text),
        sa.Column("failure", sa.Text),
    )
    op.create_table(
        "executions",
        sa.Column("execution_id", sa.String(40), primary_key=True),
        sa.Column("run_id", sa.String(36), sa.ForeignKey("runs.run_id"), nullable=False),
        sa.Column("parent_id", sa.String(40)),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("iteration", sa.Integer, nullable=False),
        sa.Column("action", sa.LargeBinary, nullable=False),
        sa.Column("executables", sa.Text, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("shots", sa.Integer, nullable=False),
        sa.Column("shots_returned", sa.Integer),
        sa.Column("compiled_id", sa.String(64), nullable=False),
        sa.Column("calibration_id", sa.String(64), nullable=False),
        sa.Column("calibration_id_end", sa.String(64)),
        sa.Column("cost_usd", sa.BigInteger, nullable=False),
        sa.Column("handle", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("failure", sa.Text),
    )
    op.create_index("ix_executions_run_id", "executions", ["run_id"])
    op.create_index("ix_executions_state", "executions", ["state"])
    op.create_table(
        "iterations",
        sa.Column("run_id", sa.String(36), sa.ForeignKey("runs.run_id"), primary_key=True),
        sa.Column("iteration", sa.Integer, primary_key=True),
        sa.Column("points", sa.Text, nullable=False),
        sa.Column("energies", sa.Text, nullable=False),
        sa.Column("shots", sa.Integer, nullable=False),
        sa.Column("cost_usd", sa.BigInteger, nullable=False),
        sa.Column("elapsed_s", sa.Float, nullable=False),
    )
