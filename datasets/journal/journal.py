"""The write-ahead journal: what was meant, what the target has, what came back.

Every verb is one transaction and may be called again with the same arguments. A verb that reads to
decide what to write locks its run first.
"""

from pathlib import Path

from datasets.journal.chunk_verbs import ChunkVerbs
from datasets.journal.database import connect
from datasets.journal.device_verbs import DeviceVerbs
from datasets.journal.execution_verbs import ExecutionVerbs
from datasets.journal.pin_verbs import PinVerbs
from datasets.journal.run_verbs import RunVerbs


class Journal(RunVerbs, ExecutionVerbs, ChunkVerbs, DeviceVerbs, PinVerbs):
    """Runs, inputs, executions, money, devices and the audit, for any number of threads."""

    @classmethod
    def open(cls, location: Path | str) -> "Journal":
        """Open the journal at a path (SQLite) or a database URL, bringing its schema up to date.

        Raises:
            BadInput: the URL cannot be read, or its driver is not installed.
            StorageFault: it cannot be opened, or is newer than this release.
        """
        return cls(connect(location))
