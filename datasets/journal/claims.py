"""What a journal offers so that one process at a time works on a run, wherever it is kept."""

from pathlib import Path
from typing import Protocol

from datasets.journal.file_claims import FileClaims
from datasets.journal.session_claims import SessionClaims
from datasets.records.executions import RunId


class Claim(Protocol):
    """A run that this process has to itself, until it lets go of it or ends, however it ends."""

    def stands(self) -> bool:
        """Whether nothing has ended the claim from outside."""
        ...

    def release(self) -> None:
        """Let go of the run."""
        ...


class Claims(Protocol):
    """The claims on the runs of one journal."""

    def take(self, run_id: RunId) -> Claim | None:
        """Claim a run, unless another process has."""
        ...

    def holder(self, run_id: RunId) -> str | None:
        """Say who has claimed the run, if anybody has."""
        ...


def claims_at(location: Path | str, *, folder: Path) -> Claims:
    """Return the claims of the journal at a path or URL; `folder` is for a file's."""
    return FileClaims(folder) if isinstance(location, Path) else SessionClaims(location)
