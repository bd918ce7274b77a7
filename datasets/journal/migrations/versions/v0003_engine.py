"""What simulated an execution, and why that."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; of what was simulated before nobody knows."""
    op.add_column("executions", sa.Column("engine", sa.Text))
