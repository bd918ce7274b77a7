"""Recover: cancel a run, and bring the journal and the providers together again."""

import json
import textwrap
from datetime import timedelta
from typing import Annotated

import typer

from datasets.home import home
from deployments.cli.terminal import say
from tasks.core.text.amounts import counted, usd

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
WIDTH = 80
_NOTHING = "Journal and targets agree; nothing is open."


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (cancel, reconcile):
        app.command()(command)


def cancel(
    run: Annotated[str, typer.Argument(help="A run's id, or the beginning of it.")],
    as_json: Json = False,
) -> None:
    """Cancel a run at its target, and write down what is still charged."""
    from deployments.cli.naming import named_run
    from tasks.context.runtime import open_runtime
    from tasks.run.cancellation import cancel_run

    runtime = open_runtime(home())
    done = cancel_run(named_run(run, runtime=runtime), runtime=runtime)
    if as_json:
        answer = {
            "run_id": done.run_id,
            "state": "stopping" if done.stopping else "cancelled",
            "cancelled": done.cancelled,
            "charged_usd": float(done.charged_usd),
            "running": list(done.running),
            "open": list(done.open),
        }
        say(json.dumps(answer))
        return
    say(f"run {done.run_id} is {'told to stop' if done.stopping else 'cancelled'}")
    if done.stopping:
        say("the process that works on it ends it at its next step")
    cancelled = counted(done.cancelled, "execution")
    say(f"{cancelled} cancelled, {usd(done.charged_usd)} USD charged so far")
    for handle in done.running:
        say(_wrapped(f"still at the target, `qrt reconcile` settles it: {handle}"))
    for execution_id in done.open:
        text = "may have reached the target, `qrt reconcile` finds out in 5 minutes"
        say(_wrapped(f"execution {execution_id:.12} {text}"))


def reconcile(
    days: Annotated[
        int, typer.Option(min=1, max=90, help="How far back strays are looked for.")
    ] = 7,
    new_lake: Annotated[
        bool, typer.Option("--new-lake", help="The lake is lost: begin it anew, empty.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Close open intents, adopt orphans, settle what has ended, report strays."""
    from tasks.context.one_lake import begin_anew
    from tasks.context.runtime import open_runtime
    from tasks.run.reconciliation import reconcile as verb
    from tasks.run.reconciliation_report import plain, sentences

    runtime = open_runtime(home())
    if new_lake:
        begin_anew(runtime.journal, runtime.home.lake)
    found = verb(runtime, within=timedelta(days=days))
    if as_json:
        say(json.dumps(plain(found)))
    else:
        said = [_wrapped(line) for line in sentences(found)]
        say("\n".join(said or [_wrapped(f"{_NOTHING} {_looked(found.looked)}")]))
    if found.silent:
        raise typer.Exit(1)


def _looked(regions: list[str]) -> str:
    if not regions:
        return "No region was looked through: no AWS account is set up."
    return f"Looked through {', '.join(regions)}."


def _wrapped(line: str) -> str:
    """Fold a line at 80 columns; ids and ARNs stay in one piece, so that they can be copied."""
    return textwrap.fill(
        line, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
