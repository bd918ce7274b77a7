"""The audit within a transaction: what was done, on whose order, beside the doing of it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from datasets.journal.tables import audit
from datasets.records.states import AuditEntry


def enter(
    connection: sa.Connection,
    action: str,
    *,
    subject: str,
    actor: str,
    at: datetime,
    detail: Mapping[str, Any],
) -> None:
    """Add an entry; its detail is JSON."""
    row = {"at": at, "actor": actor, "action": action, "subject": subject}
    told = json.dumps(detail, ensure_ascii=False, sort_keys=True)
    connection.execute(audit.insert(), row | {"detail": told})


def to_audit(row: sa.Row[tuple[object, ...]]) -> AuditEntry:
    """Read an entry back."""
    values = row._asdict()
    return AuditEntry(**values | {"detail": json.loads(values["detail"])})
