"""Whether a run that stopped is to go on, and with what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from datasets.records.executions import RunId
from datasets.records.runs import Run, RunState
from tasks.context.run_lock import is_claimed
from tasks.context.runtime import Runtime
from tasks.errors import BadInput, UnknownName
from tasks.run.openings import restored

MAX_RESUMES: Final = 3  # a run that kills its process each time is looked at by somebody
TAKES: Final = {"parameters", "run_id"}  # what a flow that measures is called with
# What a run may do, not what it measures: this may be another when it goes on.
_MAY_CHANGE: Final = {
    "mix_calibrations",
    "retries",
    "max_calibration_age_h",
    "max_readout_age_h",
    "max_usd",
}


@dataclass(frozen=True, slots=True)
class Resumable:
    """A run that stopped; `reason` is why it is left alone, nothing where it goes on."""

    run_id: str
    flow: str
    parameters: Mapping[str, Any]
    reason: str = ""

    @property
    def tag(self) -> str:
        """What the flow runs that go on with it are tagged with."""
        return f"resumes:{self.run_id}"


def resumable(
    run_id: str, *, asked: Mapping[str, Any] | None, resumed: int, runtime: Runtime
) -> Resumable:
    """Return what is to go on.

    `asked` are the parameters of the flow run of that id, if there is one, and `resumed` says how
    often the run has been taken up by itself before.

    Raises:
        UnknownName: neither the journal nor Prefect knows it.
    """
    run = restored(RunId(run_id), runtime=runtime)
    if run is None and asked is None:
        kind, known = "run", [found.run_id for found in runtime.journal.runs(limit=3)]
        raise UnknownName(kind, run_id, known or ["none yet"])
    if run is None:
        again = {**(asked or {}), "run_id": run_id}
        return Resumable(run_id, "", again, _unfit(again) or _too_often(resumed))
    again = {"parameters": run.asked, "run_id": run_id}
    return Resumable(run_id, run.flow, again, _settled(run, runtime) or _too_often(resumed))


def check_same(run: Run, *, runtime: Runtime) -> None:
    """Refuse to go on with a run as another one than it was begun as, which would mix the two.

    Raises:
        BadInput: its flow is another, or the first parameter that is.
    """
    begun = runtime.journal.find_run(run.run_id)
    if begun is None:
        return
    now = run.asked
    changed = [
        f"{name} {value!r:.60}"
        for name, value in begun.asked.items()
        if name not in _MAY_CHANGE and name in now and now[name] != value
    ]
    if begun.flow != run.flow or changed:
        what = f"with {changed[0]}" if begun.flow == run.flow else f"as {begun.flow}"
        message = (
            f"Run {run.run_id} was begun {what}, and is asked to go on otherwise. Go on with it by "
            "`qrt resume` or the deployment resume, which ask for nothing else; or start a new run."
        )
        raise BadInput(message)


def _unfit(asked: Mapping[str, Any]) -> str:
    """Return which parameter the flow does not take, and so would crash on; else nothing."""
    extra = sorted(asked.keys() - TAKES)
    return f"it was asked for with {extra[0]!r:.60}, which its flow does not have" if extra else ""


def _settled(run: Run, runtime: Runtime) -> str:
    if run.state in {RunState.COMPLETED, RunState.CANCELLED}:
        return f"it is {run.state}"
    if run.cancel_requested_at:
        return "it was to be cancelled"
    return "a process works on it" if is_claimed(run.run_id, home=runtime.home) else ""


def _too_often(resumed: int) -> str:
    if resumed < MAX_RESUMES:
        return ""
    return f"it was resumed {resumed} times already; look at its logs, then `qrt resume` it"
