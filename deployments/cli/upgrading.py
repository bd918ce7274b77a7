"""Upgrade a home of an earlier release, after saying what that changes."""

import json
import sys
from typing import Annotated

import typer

from datasets.home import home
from deployments.cli.terminal import say


def upgrade(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; do not ask.")] = False,
) -> None:
    """Bring an older home to this release; the journal is kept as it was beside it."""
    from tasks.run.upgrading import changes
    from tasks.run.upgrading import upgrade as verb

    place = home()
    planned = changes(place)
    if not as_json:
        say(f"{place.root}: {'to change' if planned else 'nothing to change'}")
        for change in planned:
            say(f"  {change.text}")
    wanted = bool(planned) and not dry_run
    if wanted and not (yes or as_json) and sys.stdin.isatty():
        wanted = typer.confirm("Upgrade?", default=False, err=True)
    kept = verb(place) if wanted else None
    if as_json:
        told = [{"part": change.part, "change": change.text} for change in planned]
        say(json.dumps({"home": str(place.root), "changes": told, "done": wanted, "kept": kept}))
    elif wanted:
        say(f"Done{f'; the journal as it was: {kept}' if kept else ''}.")
    elif planned:
        say("Nothing was changed.")
