"""Find what runs have landed and the lake has lost: files were deleted, or a disk failed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from datasets.lake.views import query
from datasets.records.executions import ExecutionId, RunId
from tasks.context.runtime import Runtime
from tasks.core.text.amounts import counted

_HELD: Final = """
    SELECT DISTINCT execution_id FROM counts WHERE execution_id IN
    (SELECT execution_id FROM executions)
"""
_REMEDY: Final = "`qrt resume {run_id}` lands it again."


@dataclass(frozen=True, slots=True)
class Loss:
    """Executions of a run that the journal has landed, and whose counts are not in the lake."""

    run_id: RunId
    executions: tuple[ExecutionId, ...]

    @property
    def text(self) -> str:
        """Say what is lost, and what to do."""
        lost = counted(len(self.executions), "execution")
        remedy = _REMEDY.format(run_id=self.run_id)
        return f"{lost} of it landed, and the lake has no counts. {remedy}"


def losses(runtime: Runtime) -> Iterator[Loss]:
    """Compare the journal with the lake; `quality` may be lost with the data that it describes."""
    landed = runtime.journal.all_landed()
    if landed:
        held = {row[0] for row in query(runtime.home.lake, _HELD).rows}
        for run_id, executions in landed.items():
            if lost := tuple(one for one in executions if one not in held):
                yield Loss(run_id, lost)


def lost_chunks(run_id: RunId, *, runtime: Runtime) -> frozenset[str]:
    """Return the chunks that a run has landed and of which the lake has lost a file, of any table.

    A chunk is told by its name, and by that of its files.
    """
    lost = [one.executions for one in losses(runtime) if one.run_id == run_id]
    files = frozenset(PurePosixPath(path).stem for path in runtime.lake.missing(run_id))
    return files | runtime.journal.chunks_with(run_id, {one for each in lost for one in each})


def has_lost(run_id: RunId, *, runtime: Runtime) -> bool:
    """Whether something that a run landed is not in the lake."""
    if runtime.lake.missing(run_id):
        return True
    return any(loss.run_id == run_id for loss in losses(runtime))
