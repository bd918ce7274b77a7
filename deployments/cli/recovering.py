"""Recover: cancel a run, and bring the journal and the providers together again."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from datasets.layout import home

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (cancel, reconcile):
        app.command()(command)


def cancel(
    run: Annotated[str, typer.Argument(help="A run's id, or the beginning of it.")],
    as_json: Json = False,
) -> None:
    """Cancel a run at its target, and write down what is still charged."""
    from tasks.lifecycle.cancellation import cancel_run
    from tasks.lifecycle.runtime import open_runtime

    runtime = open_runtime(home())
    done = cancel_run(runtime.journal.run(run), runtime=runtime)
    if as_json:
        answer = {
            "run_id": done.run_id,
            "state": "stopping" if done.stopping else "cancelled",
            "cancelled": done.cancelled,
            "charged_usd": float(done.charged_usd),
            "running": list(done.running),
        }
        typer.echo(json.dumps(answer))
        return
    ending = "is told to stop by the process that works on it" if done.stopping else "is cancelled"
    typer.echo(f"run {done.run_id} {ending}: {done.cancelled} executions cancelled")
    typer.echo(f"charged so far: {done.charged_usd:.2f} USD")
    for handle in done.running:
        typer.echo(f"still at the target, `qrt reconcile` settles it: {handle}")


def reconcile(
    days: Annotated[
        int, typer.Option(min=1, max=90, help="How far back strays are looked for.")
    ] = 7,
    as_json: Json = False,
) -> None:
    """Close open intents, adopt orphans, settle what has ended, report strays."""
    from tasks.lifecycle.reconciliation import plain, sentences
    from tasks.lifecycle.reconciliation import reconcile as verb
    from tasks.lifecycle.runtime import open_runtime

    found = verb(open_runtime(home()), since=datetime.now(UTC) - timedelta(days=days))
    if as_json:
        typer.echo(json.dumps(plain(found)))
    else:
        said = list(sentences(found))
        typer.echo("\n".join(said) if said else "Journal and targets agree; nothing is open.")
    if found.silent:
        raise typer.Exit(1)
