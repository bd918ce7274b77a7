"""Let identical sweeps buy one after the other, so that each finds what those before it bought.

The same is one experiment on one device. A sweep claims that before it looks at what there is to be
measured, and keeps it to its end. The claim ends with the process, so that whoever waits goes on
when the first is done, has failed, was cancelled or killed; what stopped runs have bought by then
is taken over (`takeovers`), and they are claimed with it.

Nobody waits with a claim in hand: all are had at once, or none. A run that has bought something and
was taken up again goes before those that have not; of two that have, the older one does. So a claim
that a server has forgotten does no harm either.
"""

import random
import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from datasets.records.names import RUN_ID
from datasets.records.runs import Run, RunState
from tasks.backends.targets import is_bought
from tasks.context.run_lock import claim_beside, keep, release_beside
from tasks.core.identity import EXECUTION_ID_LENGTH, digest
from tasks.core.progress.events import emit
from tasks.core.sweeps.work import SweepSpec
from tasks.errors import RunCancelled
from tasks.workloads.sweep.history import MAX_EARLIER, experiment_of

if TYPE_CHECKING:
    from tasks.context.runtime import Runtime

_FIRST_PAUSE_S: Final = 0.1
_PAUSE_S: Final = 2.0
_STOPPED: Final = {RunState.RUNNING, RunState.FAILED}
_NAMED: Final = re.compile(RUN_ID.pattern)


def await_turn(run: Run, spec: SweepSpec, *, runtime: "Runtime") -> None:
    """Wait until no other run buys what this one is about to buy; from then on it is the one.

    Raises:
        RunCancelled: the run is not wanted any more.
        BadInput: another process has taken it.
        StorageFault: the journal's server does not answer.
    """
    release_beside(run.run_id)  # it may have been for another device
    names = [work_name(spec, target) for target in run.targets if is_bought(target)]
    told, pause_s = False, _FIRST_PAUSE_S
    while names and (holder := _holder(run, spec, names, runtime=runtime)):
        if not told:  # once: those behind it have little to do when their turn comes
            emit("run.waiting", holder=holder, target=run.target)
            told = True
        time.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - so that two never keep step
        pause_s = min(2 * pause_s, _PAUSE_S)
        keep(run.run_id, home=runtime.home)
        if not runtime.journal.is_wanted(run.run_id):
            raise RunCancelled(run.run_id)


def work_name(spec: SweepSpec, target: str) -> str:
    """Return the name under which a sweep's purchases on a device are claimed."""
    return f"work-{digest([spec.experiment_id, target])[:EXECUTION_ID_LENGTH]}"


def _holder(run: Run, spec: SweepSpec, names: list[str], *, runtime: "Runtime") -> str:
    """Claim the work; return who goes before, a run where that is known, or nothing."""
    if holder := claim_beside(run.run_id, names, home=runtime.home):
        named = _NAMED.search(holder)
        return f"run {named[0]}" if named else holder
    for other, goes_before in _others(run, spec, runtime=runtime):
        if claim_beside(run.run_id, [other.run_id], home=runtime.home) and goes_before:
            release_beside(run.run_id)
            return f"run {other.run_id}"
    return ""


def _others(run: Run, spec: SweepSpec, *, runtime: "Runtime") -> Iterator[tuple[Run, bool]]:
    """Yield the runs that have bought of the same work and have not ended it, the oldest first.

    With each goes whether this run gives way to it while somebody works on it.
    """
    ours, older = bool(_bought(run, run.targets, runtime=runtime)), True
    for other in reversed(runtime.journal.runs(limit=MAX_EARLIER)):
        if other.run_id == run.run_id:
            older = False
        elif _is_open(other) and _is_same(other, run, spec, runtime=runtime):
            yield other, older or not ours


def _is_open(other: Run) -> bool:
    wanted = other.state in _STOPPED and other.cancel_requested_at is None
    return wanted and other.flow == "sweep"


def _is_same(other: Run, run: Run, spec: SweepSpec, *, runtime: "Runtime") -> bool:
    """Whether a run has bought something of the same experiment on a device of this one's."""
    shared = {target for target in run.targets if is_bought(target)} & set(other.targets)
    if not shared or not _bought(other, tuple(shared), runtime=runtime):
        return False
    return experiment_of(other, runtime=runtime) == spec.experiment_id


def _bought(run: Run, targets: tuple[str, ...], *, runtime: "Runtime") -> bool:
    """Whether one of the devices may have something of the run."""
    entries = runtime.journal.executions(run.run_id)
    return any(not entry.abandoned and entry.execution.target in targets for entry in entries)
