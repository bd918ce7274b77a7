"""Read the money columns of older files as what was charged and what it would cost (what if).

Older files have one column for both: what was charged or, on targets that charge nobody, what the
device's published prices make of the work.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Reading:
    """How a table's rows are read while some of its files are older than version `since`.

    `sql` selects from `stored`, the rows of all versions, and from the views that it `needs`.
    """

    since: int
    needs: tuple[str, ...]
    sql: str


READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "executions": Reading(
            3,
            (),
            """SELECT * REPLACE (
                CASE WHEN what_if_usd IS NULL AND NOT starts_with(target, 'braket:')
                    THEN cost_usd * 0 ELSE cost_usd END::DECIMAL(18, 6) AS cost_usd,
                coalesce(what_if_usd, CASE WHEN starts_with(target, 'braket:')
                    THEN cost_usd * 0 ELSE cost_usd END)::DECIMAL(18, 6) AS what_if_usd)
            FROM stored""",
        ),
        "iterations": Reading(
            2,
            ("executions",),
            """SELECT * EXCLUDE (sold) REPLACE (
                CASE WHEN what_if_usd IS NULL AND NOT sold
                    THEN 0 ELSE cost_usd END::DECIMAL(18, 6) AS cost_usd,
                coalesce(what_if_usd, CASE WHEN sold
                    THEN 0 ELSE cost_usd END)::DECIMAL(18, 6) AS what_if_usd)
            FROM (SELECT stored.*, run_id IN (SELECT run_id FROM executions
                WHERE starts_with(target, 'braket:')) AS sold FROM stored)""",
        ),
        # A run on several targets may have bought a part: what was charged is in the ledger.
        "runs": Reading(
            3,
            ("spend",),
            """SELECT * EXCLUDE (paid) REPLACE (
                CASE WHEN what_if_usd IS NOT NULL OR cost_usd IS NULL THEN cost_usd
                    WHEN contains(target, 'braket:') THEN paid
                    ELSE 0 END::DECIMAL(18, 6) AS cost_usd,
                coalesce(what_if_usd, CASE WHEN NOT contains(target, 'braket:') THEN cost_usd
                    WHEN contains(target, ', ') THEN greatest(cost_usd - paid, 0)
                    ELSE cost_usd * 0 END)::DECIMAL(18, 6) AS what_if_usd)
            FROM (SELECT stored.*, coalesce(settled.usd, 0) AS paid FROM stored LEFT JOIN (
                SELECT run_id, sum(usd) AS usd FROM spend WHERE kind = 'settle' GROUP BY run_id
            ) AS settled USING (run_id))""",
        ),
    }
)


def is_old(table: str, versions: Collection[int]) -> bool:
    """Whether some of a table's files have one column for both."""
    return table in READINGS and any(version < READINGS[table].since for version in versions)


def needed_by(parts: Mapping[str, Collection[int]]) -> list[str]:
    """Return the other tables that are read to tell what old files of some tables mean."""
    old = [name for name, versions in parts.items() if is_old(name, versions)]
    every = dict.fromkeys(need for name in old for need in READINGS[name].needs)
    return [name for name in every if name not in parts]


def in_order(tables: Collection[str]) -> list[str]:
    """Return tables so that each comes after those that it needs."""
    return sorted(tables, key=lambda table: table in READINGS and bool(READINGS[table].needs))
