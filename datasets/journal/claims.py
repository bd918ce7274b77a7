"""What a journal offers so that one process at a time works on something, wherever it is kept."""

from pathlib import Path
from typing import Protocol

from datasets.journal.file_claims import FileClaims
from datasets.journal.session_claims import SessionClaims


class Claim(Protocol):
    """What this process has to itself, until it lets go of it or ends, however it ends."""

    def stands(self) -> bool:
        """Whether nothing has ended the claim from outside."""
        ...

    def release(self) -> None:
        """Let go of it."""
        ...


class Claims(Protocol):
    """The claims on the runs of one journal, and on what they buy."""

    def take(self, name: str, *, by: str = "") -> Claim | None:
        """Claim what has a name, such as a run, unless somebody has; `by` is for which run."""
        ...

    def holder(self, name: str) -> str | None:
        """Say who has claimed it, if anybody has, and for which run where that was said."""
        ...


def claims_at(location: Path | str, *, folder: Path) -> Claims:
    """Return the claims of the journal at a path or URL; `folder` is for a file's."""
    return FileClaims(folder) if isinstance(location, Path) else SessionClaims(location)
