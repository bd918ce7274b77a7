"""`qrt devices quarantine`, `maintenance`, `degrade`, `restore`, `audit`: what operators decide."""

import getpass
import json
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import typer

from datasets.home import home
from datasets.records.states import AuditEntry, Authority, DeviceState, Standing
from deployments.cli.options import as_hours
from deployments.cli.terminal import say
from tasks.errors import BadInput

MAX_REASON: Final = 300

Name = Annotated[str, typer.Argument(help="A target, such as emulator:garnet, garnet or an ARN.")]
Reason = Annotated[str, typer.Option(help="Why, in a line; whoever is refused reads it.")]
Until = Annotated[
    str | None, typer.Option(help="When it ends by itself: 2026-12-01, or 12h from now.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (quarantine, maintenance, degrade, restore, audit):
        app.command()(command)


def quarantine(name: Name, *, reason: Reason, until: Until = None, as_json: Json = False) -> None:
    """Keep all work from a device that cannot be trusted."""
    _decide(DeviceState.QUARANTINED, name, reason=reason, until=until, as_json=as_json)


def maintenance(name: Name, *, reason: Reason, until: Until = None, as_json: Json = False) -> None:
    """Keep all work from a device while somebody works on it."""
    _decide(DeviceState.MAINTENANCE, name, reason=reason, until=until, as_json=as_json)


def degrade(name: Name, *, reason: Reason, until: Until = None, as_json: Json = False) -> None:
    """Let work go to a device, and tell everybody who sends some."""
    _decide(DeviceState.DEGRADED, name, reason=reason, until=until, as_json=as_json)


def restore(name: Name, *, reason: Reason, as_json: Json = False) -> None:
    """Take back all that operators and checks have said of a device."""
    _decide(DeviceState.HEALTHY, name, reason=reason, until=None, as_json=as_json)


def audit(
    name: Annotated[str | None, typer.Argument(help="A target; all of them otherwise.")] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 100,
    as_json: Json = False,
) -> None:
    """Show who has decided what of which device, newest first."""
    from tasks.context.runtime import open_runtime
    from tasks.devices.standing import named_target

    subject = None if name is None else named_target(name)
    entries = open_runtime(home()).journal.audited(subject=subject, limit=limit)
    if as_json:
        say(json.dumps([_plain(entry) for entry in entries], ensure_ascii=False))
        return
    for entry in entries:
        say(_line(entry))
    if not entries:
        say("Nothing was decided yet. `qrt devices quarantine NAME --reason WHY` does.")


def moment(text: str, *, now: datetime) -> datetime:
    """Read a date, a time (UTC unless it says otherwise), or how long from now.

    Raises:
        BadInput: it is neither, or past.
    """
    try:
        found = _date_or_span(text.strip(), now=now)
    except (ValueError, OverflowError, BadInput) as error:
        message = f"--until {text!r:.40} is no time. Write 2026-12-01, 2026-12-01T18:00 or 12h."
        raise BadInput(message) from error
    if found <= now:
        message = f"--until {text!r:.40} is past. Give a time after {now:%Y-%m-%d %H:%M} UTC."
        raise BadInput(message)
    return found


def _date_or_span(text: str, *, now: datetime) -> datetime:
    if text[-1:] in {"m", "h", "d"}:
        return now + timedelta(hours=as_hours(text, option="--until") or 0.0)
    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)


def operator() -> str:
    """Return the person behind this command, as a statement names them."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        name = "unknown"
    return f"{Authority.OPERATOR}:{name}"


def _decide(
    state: DeviceState, name: str, *, reason: str, until: str | None, as_json: bool
) -> None:
    from tasks.context.runtime import open_runtime
    from tasks.devices.standing import named_target

    now = datetime.now(UTC)
    ends = None if until is None else moment(until, now=now)
    said = Standing(named_target(name), state, _reason(reason), ends, operator(), now)
    journal = open_runtime(home()).journal
    before = journal.standing(said.target, now=now)
    _check_no_weaker(said, journal.own_standing(said.target, said.authority, now=now))
    found = journal.stand(said)
    if as_json:
        say(json.dumps(standing_row(found), ensure_ascii=False))
    else:
        say(_sentence(found, before=before))


def _check_no_weaker(said: Standing, own: Standing) -> None:
    """Refuse to replace what an operator has said by less, which would lift it without a word."""
    from tasks.devices.standing import by, until

    if said.state is DeviceState.HEALTHY or said.state.severity >= own.state.severity:
        return
    message = (
        f"{said.target} is {own.state} ({by(own)}), {until(own)}: {own.reason.rstrip('. ')}. That "
        f"stands, and {said.state} is less. `qrt devices restore {said.target} --reason WHY` "
        "takes it back first."
    )
    raise BadInput(message)


def standing_row(standing: Standing) -> dict[str, Any]:
    """Return a statement, ready for JSON."""
    return {
        "target": standing.target,
        "state": standing.state.value,
        "reason": standing.reason,
        "until": standing.until and standing.until.isoformat(),
        "set_by": standing.set_by,
        "since": standing.since and standing.since.isoformat(),
    }


def _reason(text: str) -> str:
    line = " ".join(text.split())
    if not line or not line.isprintable() or len(line) > MAX_REASON:
        message = f"--reason is one line of 1 to {MAX_REASON} characters. Say why in a few words."
        raise BadInput(message)
    return line


def _sentence(standing: Standing, *, before: Standing) -> str:
    from tasks.devices.standing import by, until

    if standing.state is DeviceState.HEALTHY:
        was = "already" if before.state is standing.state else f"again; it was {before.state}"
        return f"{standing.target} is healthy {was}."
    own = "" if standing.set_by == operator() else f", as {by(standing)} has decided"
    return f"{standing.target} is {standing.state}, {until(standing)}{own}: {standing.reason}"


def _plain(entry: AuditEntry) -> dict[str, Any]:
    return {
        "entry_id": entry.entry_id,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
    }


def _line(entry: AuditEntry) -> str:
    until = f" until {entry.detail['until'][:16]}" if entry.detail.get("until") else ""
    what = f"{entry.subject} {entry.action.partition('.')[2]}{until}"
    return f"{entry.at:%Y-%m-%d %H:%M}  {entry.actor:<16} {what}: {entry.detail.get('reason', '')}"
