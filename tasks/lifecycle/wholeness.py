"""Whether what came back of an execution is all of it, and of one calibration."""

from collections import Counter
from collections.abc import Sequence

from datasets.journal.rows import Entry
from datasets.records.executions import Collected, Failure
from tasks.errors import ExecutionFailed
from tasks.lifecycle.dispatch import Dispatch

Key = tuple[int, str, str]  # point, basis and variant of an executable


def unseen(parts: Sequence[Collected]) -> dict[Key, Failure | None]:
    """Return the executables that no part has seen, with the newest reason that was given."""
    seen: Counter[Key] = Counter()
    failures: dict[Key, Failure] = {}
    for counts in (counts for part in parts for counts in part.counts):
        executable = counts.executable
        key = (executable.point, executable.basis, executable.variant)
        seen[key] += counts.shots
        if counts.failure:
            failures[key] = counts.failure
    return {key: failures.get(key) for key, shots in seen.items() if not shots}


def check_whole(parts: Sequence[Collected], *, dispatch: Dispatch) -> None:
    """Refuse a result in which some circuit was never seen."""
    if unseen(parts):
        entry = dispatch.journal.execution(parts[0].execution.execution_id)
        check_same_device(entry, parts, dispatch=dispatch)
        raise ExecutionFailed(_in_part(entry, parts) + " Start a new run.")


def check_same_device(entry: Entry, parts: Sequence[Collected], *, dispatch: Dispatch) -> None:
    """Refuse to go without what could be bought still if calibrations were mixed."""
    if not dispatch.mixing and differ(calibration_of(entry), dispatch.backend.calibration()):
        remedy = f" The device has been recalibrated since. {_mixing_helps(dispatch)}"
        raise ExecutionFailed(_in_part(entry, parts) + remedy)


def check_same_calibration(part: Entry, *, parent: Entry, dispatch: Dispatch) -> None:
    """Refuse to merge a part with what it completes where the device was recalibrated between."""
    if dispatch.mixing or not differ(calibration_of(parent), part.calibration_id_end):
        return
    ids = (part.execution.execution_id, parent.execution.execution_id)
    message = (
        f"Execution {ids[0]} completes {ids[1]}, but the device was recalibrated between them. "
        f"{_mixing_helps(dispatch)}"
    )
    raise ExecutionFailed(message)


def calibration_of(entry: Entry) -> str:
    """Return the calibration that the counts belong to.

    Where that of the execution's end is not known, it is the one that it was compiled for: if that
    is still in force, no other one has been.
    """
    return entry.calibration_id_end or entry.execution.calibration_id


def differ(one: str | None, other: str | None) -> bool:
    """Whether two calibrations are surely not one."""
    return None not in {one, other} and one != other


def _in_part(entry: Entry, parts: Sequence[Collected]) -> str:
    reason = (entry.failure or "circuits without counts").rstrip(". ")
    again = len(parts) - 1
    tried = f", and {again} more executions did not complete it" if again else ""
    return f"Execution {entry.execution.execution_id} came back in part: {reason}{tried}."


def _mixing_helps(dispatch: Dispatch) -> str:
    return f"`qrt resume {dispatch.run_id} --mix-calibrations` merges both; a new run does neither."
