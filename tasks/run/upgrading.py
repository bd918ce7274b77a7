"""Upgrade a home of an earlier release, and say beforehand what changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from datasets.files.home_rights import open_to_others, refuse_anothers
from datasets.home import Home
from datasets.journal.database import behind
from datasets.journal.migration import VERSION
from datasets.lake.lake import Lake
from tasks.context.runtime import open_runtime
from tasks.core.progress.events import Event, listening
from tasks.errors import BadInput


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an upgrade does to a home."""

    part: Literal["journal", "rights"]
    text: str


def changes(home: Home) -> tuple[Change, ...]:
    """Return what an upgrade would do, in its order; nothing where all is of this release.

    Raises:
        BadInput: there is no home, it is another user's, or a newer release wrote it.
        StorageFault: the journal or the lake cannot be read.
    """
    if not home.root.is_dir():
        message = f"There is no home at {home.root}. Set QRT_HOME to the home that is meant."
        raise BadInput(message)
    refuse_anothers(home.root, whole=True)
    Lake(str(home.lake), home.quarantine).refuse_newer()
    return (*_of_journal(home), *_of_rights(home))


def upgrade(home: Home) -> str | None:
    """Do what `changes` says; return where the journal is kept as it was, if it is.

    Raises:
        BadInput: a newer release wrote the home.
        StorageFault: the journal cannot be written.
    """
    kept: list[Path] = []

    def _note(event: Event) -> None:
        if event.name == "journal.upgraded" and event.fields["kept"]:
            kept.append(event.fields["kept"])

    with listening(_note):
        open_runtime(home)
    return str(kept[0]) if kept else None


def _of_journal(home: Home) -> Iterator[Change]:
    found = behind(home.journal)
    if found is None:
        return
    number, steps = found
    kept = (
        "a copy of it is kept beside it" if isinstance(home.journal, Path) else "back it up first"
    )
    yield Change("journal", f"the journal goes from schema {number} to {VERSION}; {kept}")
    for step in steps:
        yield Change("journal", f"added to the journal: {step[0].lower()}{step[1:].rstrip('.')}")


def _of_rights(home: Home) -> Iterator[Change]:
    wide = open_to_others(home.root)
    if wide:
        named = ", ".join(sorted(path.name for path in wide))
        yield Change("rights", f"others may no longer read the home ({named})")
