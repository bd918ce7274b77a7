"""`qrt devices drift`: each figure of a device beside its own history."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from datasets.home import home
from deployments.cli.terminal import say

if TYPE_CHECKING:
    from tasks.core.drift.alarms import Finding

SHOWN: Final = 20  # figures in the table, the furthest from their history first


def drift(
    name: Annotated[
        str, typer.Argument(help="A target, such as emulator:garnet, garnet or an ARN.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show level, trend and alarms of a device's figures, from the calibrations in the lake."""
    from tasks.context.runtime import open_runtime
    from tasks.devices.drift import limit_of, look
    from tasks.devices.standing import named_target

    target, now = named_target(name), datetime.now(UTC)
    found = look(target, runtime=open_runtime(home()), now=now, limit=limit_of(target))
    ordered = sorted(found.findings, key=lambda f: (not f.alarm, f.p_value, f.element, f.metric))
    if as_json:
        told = {
            "target": found.target,
            "latest": found.latest and found.latest.isoformat(),
            "states": {s.authority.value: [s.state.value, s.reason] for s in found.standings},
            "figures": [_row(finding) for finding in ordered],
        }
        say(json.dumps(told, ensure_ascii=False))
        return
    if found.latest is None:
        say(f"No calibration of {found.target} is in the lake. `qrt calibrate` lands one.")
        return
    for standing in found.standings:
        words = f": {standing.reason}" if standing.reason else ""
        say(f"{standing.authority}: {standing.state}{words}")
    say(f"\n{'figure':22}{'level':>9}{'now':>9}{'sigmas':>8}{'% a day':>9}{'p':>9}{'known':>7}")
    for finding in ordered[:SHOWN]:
        say(_line(finding))
    if len(ordered) > SHOWN:
        say(f"and {len(ordered) - SHOWN} more, nearer to their history; --json has all")


def _row(finding: "Finding") -> dict[str, Any]:
    """Return a figure, ready for JSON; level and now are the error rate or the time."""
    from tasks.core.drift.evidence import figure

    return {
        "element": finding.element,
        "metric": finding.metric,
        "known": finding.known,
        "level": figure(finding.metric, finding.level),
        "now": figure(finding.metric, finding.now),
        "sigmas": finding.step,
        "worse_per_day": finding.trend_per_day,
        "since": finding.since.isoformat(),
        "p_value": finding.p_value,
        "alarm": finding.alarm,
    }


def _line(finding: "Finding") -> str:
    from tasks.core.drift.evidence import quantity, spoken

    name = f"{finding.element} {quantity(finding.metric)}"
    level, now = (spoken(finding.metric, bad) for bad in (finding.level, finding.now))
    mark = "  ALARM" if finding.alarm else ""
    return (
        f"{name:22}{level:>9}{now:>9}{finding.step:>8.1f}{100 * finding.trend_per_day:>+9.2f}"
        f"{finding.p_value:>9.1g}{finding.known:>7}{mark}"
    )
