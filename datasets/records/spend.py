"""The ledger: money set aside, spent and given back, an entry each, never changed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from datasets.records.executions import ExecutionId, RunId


class SpendKind(StrEnum):
    """What an entry says. Over a settled execution, reserve = settle + release."""

    RESERVE = "reserve"  # set aside before the target is asked
    SETTLE = "settle"  # charged by the target
    RELEASE = "release"  # set aside and not charged


@dataclass(frozen=True, slots=True)
class Spend:
    """One entry; `usd` is never negative."""

    entry_id: str
    run_id: RunId
    tenant: str
    execution_id: ExecutionId
    kind: SpendKind
    usd: Decimal
    at: datetime
