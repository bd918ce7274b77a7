"""What the journal writes down of devices: who says what of them, and the audit of it.

Each authority has a statement of its own, and the worst that holds is in force. A check that runs
by itself takes back what it has said itself and nothing else; operators can take back all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from datasets.journal import audit
from datasets.journal.database import Database, dialect_insert
from datasets.journal.tables import audit as audit_entries
from datasets.journal.tables import device_states
from datasets.records.states import AuditEntry, Authority, DeviceState, Standing


class DeviceVerbs(Database):
    """States of devices, and the audit."""

    def stand(self, standing: Standing) -> Standing:
        """Write a statement down, and into the audit if it is news; return what is in force.

        An operator's `healthy` takes back what all others have said. `since` is now if it is None.
        """
        at = standing.since or datetime.now(UTC)
        with self._writing("stand") as connection:
            before = _stated(connection, standing.target, to_change=True)
            if _is_news(standing, before):
                _put(connection, standing, before, at=at)
                _told(connection, standing, before, at=at)
            return _in_force(standing.target, _stated(connection, standing.target).values(), at)

    def standing(self, target: str, *, now: datetime) -> Standing:
        """Return the state in force: healthy, unless another was set and still holds."""
        with self._reading() as connection:
            return _in_force(target, _stated(connection, target).values(), now)

    def own_standing(self, target: str, authority: Authority, *, now: datetime) -> Standing:
        """Return what one authority says; healthy, unless it says otherwise and it is not void."""
        with self._reading() as connection:
            own = _stated(connection, target).get(authority)
        return own if own and own.holds(now) else Standing(target)

    def standings(self, *, now: datetime) -> tuple[Standing, ...]:
        """Return the state in force of every target that ever had one set, by name."""
        with self._reading() as connection:
            rows = connection.execute(sa.select(device_states)).all()
        said = [_to_standing(row) for row in rows]
        targets = sorted({standing.target for standing in said})
        return tuple(
            _in_force(target, [each for each in said if each.target == target], now)
            for target in targets
        )

    def audited(self, *, subject: str | None = None, limit: int = 1000) -> tuple[AuditEntry, ...]:
        """Return what was done, newest first; `subject` alone if it is named."""
        newest = sa.select(audit_entries).order_by(audit_entries.c.entry_id.desc()).limit(limit)
        if subject is not None:
            newest = newest.where(audit_entries.c.subject == subject)
        with self._reading() as connection:
            return tuple(audit.to_audit(row) for row in connection.execute(newest))


def _stated(
    connection: sa.Connection, target: str, *, to_change: bool = False
) -> dict[Authority, Standing]:
    """Return what each authority says of a target; nobody else may change it before us."""
    chosen = sa.select(device_states).where(device_states.c.target == target)
    wanted = chosen.order_by(device_states.c.authority)
    rows = connection.execute(wanted.with_for_update() if to_change else wanted).all()
    return {standing.authority: standing for standing in map(_to_standing, rows)}


def _in_force(target: str, said: Iterable[Standing], now: datetime) -> Standing:
    """Return the worst statement that holds; of equals the operator's, then the newest."""
    holding = [standing for standing in said if standing.holds(now)]
    return max(holding, key=_weight, default=Standing(target))


def _weight(standing: Standing) -> tuple[int, bool, datetime]:
    by_people = standing.authority is Authority.OPERATOR
    return standing.state.severity, by_people, standing.since or datetime.min.replace(tzinfo=UTC)


def _is_news(standing: Standing, before: Mapping[Authority, Standing]) -> bool:
    own = before.get(standing.authority)
    if standing.state is DeviceState.HEALTHY:
        taken_back = before.values() if _lifts_all(standing) else [own] if own else []
        return any(each.state is not DeviceState.HEALTHY for each in taken_back)
    return own is None or _said(own) != _said(standing)


def _lifts_all(standing: Standing) -> bool:
    is_healthy = standing.state is DeviceState.HEALTHY
    return is_healthy and standing.authority is Authority.OPERATOR


def _put(
    connection: sa.Connection,
    standing: Standing,
    before: Mapping[Authority, Standing],
    *,
    at: datetime,
) -> None:
    own = before.get(standing.authority)
    lasting = own is not None and own.state is standing.state and own.holds(at)
    row = _row(standing) | {"since": own.since if own and lasting else at}
    insert = dialect_insert(connection)
    write = insert(device_states).values(row)
    keys = [column.name for column in device_states.primary_key]
    connection.execute(write.on_conflict_do_update(index_elements=keys, set_=row))
    if _lifts_all(standing):
        others = device_states.c.authority != Authority.OPERATOR
        of_target = device_states.c.target == standing.target
        connection.execute(device_states.delete().where(of_target, others))


def _told(
    connection: sa.Connection,
    standing: Standing,
    before: Mapping[Authority, Standing],
    *,
    at: datetime,
) -> None:
    until = standing.until and standing.until.isoformat()
    audit.enter(
        connection,
        f"device.{standing.state}",
        subject=standing.target,
        actor=standing.set_by,
        at=at,
        detail={
            "reason": standing.reason,
            "until": until,
            "before": {each.set_by: each.state for each in before.values()},
        },
    )


def _said(standing: Standing) -> tuple[object, ...]:
    return standing.state, standing.reason, standing.until, standing.set_by


def _row(standing: Standing) -> dict[str, object]:
    plain: dict[str, Any] = {f.name: getattr(standing, f.name) for f in fields(standing)}
    return plain | {"authority": standing.authority}


def _to_standing(row: sa.Row[tuple[object, ...]]) -> Standing:
    values = row._asdict()
    del values["authority"]
    return Standing(**values | {"state": DeviceState(values["state"])})
