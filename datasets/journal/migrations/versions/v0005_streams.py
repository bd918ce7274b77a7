"""How random streams derive from a run's seed; earlier runs use the seed itself."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; whatever has begun goes on as it began."""
    op.add_column("runs", sa.Column("streams", sa.Integer, nullable=False, server_default="1"))
