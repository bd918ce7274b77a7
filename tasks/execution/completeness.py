"""Check that an execution's results are complete, and of one calibration."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from datasets.records.executions import Collected, Failure
from tasks.context.dispatch import Dispatch
from tasks.errors import ExecutionFailed

if TYPE_CHECKING:
    from datasets.journal.rows import Entry

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


def check_same_device(entry: "Entry", parts: Sequence[Collected], *, dispatch: Dispatch) -> None:
    """Refuse partial results of which the rest could be bought if calibrations may be mixed."""
    if not dispatch.mixing and differ(entry.measured_on, dispatch.backend.calibration()):
        remedy = f" The device has been recalibrated since. {_mixing_helps(dispatch)}"
        raise ExecutionFailed(_in_part(entry, parts) + remedy)


def check_same_calibration(part: "Entry", *, parent: "Entry", dispatch: Dispatch) -> None:
    """Refuse to merge a remainder with its parent if the device was recalibrated between them."""
    if dispatch.mixing or not differ(parent.measured_on, part.calibration_id_end):
        return
    ids = (part.execution.execution_id, parent.execution.execution_id)
    message = (
        f"Execution {ids[0]} completes {ids[1]}, but the device was recalibrated between them. "
        f"{_mixing_helps(dispatch)}"
    )
    raise ExecutionFailed(message)


def check_one_calibration(collected: Sequence[Collected], *, dispatch: Dispatch) -> None:
    """Refuse counts of several calibrations for one estimate, unless the run allows it."""
    if dispatch.mixing:
        return
    find = dispatch.journal.execution
    entries = [find(item.execution.execution_id) for item in collected]
    ended = {entry.calibration_id_end for entry in entries if entry.calibration_id_end}
    if len(ended) > 1:
        message = (
            f"The {len(entries)} executions of one estimate ended under {len(ended)} calibrations: "
            f"the device was recalibrated between them. {_mixing_helps(dispatch)}"
        )
        raise ExecutionFailed(message)


def differ(one: str | None, other: str | None) -> bool:
    """Whether two calibrations are surely not one."""
    return None not in {one, other} and one != other


def _in_part(entry: "Entry", parts: Sequence[Collected]) -> str:
    reason = (entry.failure or "circuits without counts").rstrip(". ")
    again = len(parts) - 1
    tried = f", and {again} more executions did not complete it" if again else ""
    return f"Execution {entry.execution.execution_id} came back in part: {reason}{tried}."


def _mixing_helps(dispatch: Dispatch) -> str:
    return f"`qrt resume {dispatch.run_id} --mix-calibrations` merges both; a new run does neither."
