"""`qrt calibrate`: look at the devices now, as the flow of that name does every hour."""

import json
from datetime import UTC, datetime
from typing import Annotated
from uuid import uuid4

import typer

from datasets.home import home
from deployments.cli.terminal import say


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(calibrate)


def calibrate(
    target: Annotated[
        list[str] | None, typer.Option(help="This one alone; repeat. Default: all in reach.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at the devices, and land calibrations, status and queues that have changed."""
    from tasks.context.runtime import open_runtime
    from tasks.devices.drift import judge
    from tasks.devices.observation import land, look, plain, sentences
    from tasks.devices.standing import named_target

    runtime = open_runtime(home())
    seen = look([named_target(name) for name in target or []], now=datetime.now(UTC))
    seen = land(seen, runtime=runtime, run_id=str(uuid4()))
    judge([one.target for one in seen.observed], runtime=runtime, now=datetime.now(UTC))
    if as_json:
        say(json.dumps(plain(seen)))
    else:
        say("\n".join(sentences(seen)))
    if seen.failed:
        raise typer.Exit(1)
