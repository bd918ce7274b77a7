"""Leave a device that is lost before anything was bought, or say what else there is."""

from datasets.journal.rows import Entry
from datasets.records.runs import Run
from tasks.context.runtime import Runtime
from tasks.core.progress.events import emit
from tasks.devices.candidates import alternatives, is_auto
from tasks.errors import (
    BadInput,
    DeviceOffline,
    DeviceRetired,
    DeviceWithheld,
    RuntimeFault,
)
from tasks.execution.inspection import look
from tasks.requests.of_run import request_of
from tasks.selection.selection_log import choices, give_up

Lost = DeviceOffline | DeviceRetired | DeviceWithheld


def give_way(run_id: str, fault: Lost, *, runtime: Runtime) -> None:
    """Give up the device of a run, which is then to choose another.

    Raises:
        the fault: the run has something there, or nobody knows yet that it has not; where the
            target was named, it says what else there is.
    """
    run = runtime.journal.find_run(run_id)
    if run is None:
        raise fault
    if not is_auto(request_of(run).target):
        raise _with_alternatives(run, fault, runtime=runtime) from fault
    before = choices(runtime.pins(run.run_id))
    if not before or before[-1].target != run.target or not _is_free(run, runtime=runtime):
        raise fault
    why = _why(fault)
    give_up(why=why, pins=runtime.pins(run.run_id))
    emit("target.lost", target=run.target, why=why)


def _why(fault: Lost) -> str:
    if isinstance(fault, DeviceWithheld):
        return f"it is {fault.state}, {fault.until}: {fault.reason.rstrip('. ')}"
    return fault.text.rstrip(". ")


def _is_free(run: Run, *, runtime: Runtime) -> bool:
    """Return whether the target has nothing of the run, and never will have."""
    entries = runtime.journal.executions(run.run_id)
    return not any(entry.handle for entry in entries) and all(
        entry.abandoned or _given_up(entry, run, runtime=runtime) for entry in entries
    )


def _given_up(entry: Entry, run: Run, *, runtime: Runtime) -> bool:
    """Look for an intent at the target; one that it may have and does not list yet stays."""
    try:
        look(entry, journal=runtime.journal, backend=runtime.backend(run), reason="device lost")
    except RuntimeFault:
        return False
    return runtime.journal.execution(entry.execution.execution_id).abandoned


def _with_alternatives(run: Run, fault: Lost, *, runtime: Runtime) -> RuntimeFault:
    others = alternatives(run.target, journal=runtime.journal)
    if isinstance(fault, DeviceWithheld):
        return BadInput(f"{fault} {others}")
    return type(fault)(fault.operation, fault.code, f"{fault.text.rstrip('. ')}. {others}")
