"""The thread that serves the queues: starts tasks, runs them, leaves results, charges them."""

import hashlib
import logging
import time
from collections.abc import Iterable
from decimal import Decimal
from threading import Thread
from typing import Any

from datasets.records.devices import DeviceSnapshot
from deployments.sandbox import billing, documents, s3, task_rows
from deployments.sandbox.actions import PROGRAM_SET, read_action
from deployments.sandbox.devices import is_simulator
from deployments.sandbox.documents import Finished
from deployments.sandbox.moments import iso
from deployments.sandbox.outcomes import Failed, Measured, Outcome, run_action
from deployments.sandbox.schedule import is_open
from deployments.sandbox.state import State
from deployments.sandbox.submission import parameters_of
from deployments.sandbox.task_rows import Task
from tasks.errors import ExecutionFailed

_LONGEST_NAP_S = 0.5
_CROWD = 20  # tasks of a simulator that start together
_log = logging.getLogger(__name__)


class Runner(Thread):
    """Serves until it is told to stop. Everything it needs to go on is in the store."""

    def __init__(self, state: State) -> None:
        super().__init__(name="sandbox-runner", daemon=True)
        self._state = state
        self._stopping = False
        self._looked_at = 0.0

    def run(self) -> None:
        """Serve the queues."""
        while not self._stopping:
            self._state.wake.clear()
            if not self.step():
                self._state.wake.wait(self._nap_s())

    def stop(self) -> None:
        """Finish the task at hand and end."""
        self._stopping = True
        self._state.wake.set()
        self.join()

    def step(self) -> bool:
        """Start what is due and end one task that is due; return whether anything moved."""
        self._looked_at = self._state.clock()
        moved = [self._start_due(arn) for arn in self._state.devices.arns()]
        with self._state.store.reading() as connection:
            cancelling = task_rows.cancelling(connection)
            task = task_rows.served(connection, now=self._state.clock())
        for cancelled in cancelling:
            self._end(cancelled, to="CANCELLED")
        if task is not None:
            self._serve(task)
        return any(moved) or task is not None

    def _start_due(self, device: str) -> bool:
        """Start the next task of a free machine, or the next few of a simulator."""
        now, simulator = self._state.clock(), is_simulator(self._state.devices.snapshot(device))
        with self._state.store.reading() as connection:
            if not simulator and task_rows.count(connection, device, states=("RUNNING",)):
                return False
            waiting = task_rows.waiting(
                connection, device, now=now, most=_CROWD if simulator else 1
            )
        status = self._state.devices.status(device) if waiting else "OFFLINE"
        if status == "RETIRED":
            for task in waiting:
                reason = f"Device {device} is retired."
                self._end(task, to="FAILED", since=("QUEUED",), failure_reason=reason)
            return True
        if status == "OFFLINE" or not self._open(device, now):
            return False
        for task in waiting:
            self._start(task, now=now)
        return bool(waiting)

    def _open(self, device: str, now: float) -> bool:
        kept = self._state.settings.keep_windows
        return not kept or is_open(self._state.devices.snapshot(device).windows, now)

    def _start(self, task: Task, *, now: float) -> None:
        ends = max(task["ends_at"], now)
        with self._state.store.writing() as connection:
            arn = task["arn"]
            if task_rows.move(connection, arn, since=("QUEUED",), to="RUNNING", ends_at=ends):
                self._state.faults.started(task["device_arn"])

    def _serve(self, task: Task) -> None:
        if "fail" in task["fate"]:
            self._end(task, to="FAILED", failure_reason=task["fate"]["fail"])
            return
        started_s = time.perf_counter()
        try:
            outcomes = self._outcomes(task)
        except ExecutionFailed as error:
            self._end(task, to="FAILED", failure_reason=str(error))
        except Exception as error:  # noqa: BLE001 - one task must not end the service
            _log.exception("a task could not be run: %s", task["arn"])
            self._end(task, to="FAILED", failure_reason=f"Internal error: {error}")
        else:
            self._complete(task, outcomes, elapsed_s=time.perf_counter() - started_s)

    def _outcomes(self, task: Task) -> list[list[Outcome]]:
        text = f"{self._state.settings.seed}/{task['region']}/{task['client_token']}"
        return run_action(
            read_action(task["action"]),
            shots=task["shots"],
            snapshot=self._state.devices.physical(task["device_arn"]),
            seed=int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]),
            fate=task["fate"],
        )

    def _complete(self, task: Task, outcomes: list[list[Outcome]], *, elapsed_s: float) -> None:
        ended_at = self._state.clock()
        is_set = task["action_type"] == PROGRAM_SET
        failures = [o for program in outcomes for o in program if isinstance(o, Failed)]
        lost = is_set and len(failures) == task["executables"]
        shots = documents.successful_shots(outcomes)
        snapshot = self._state.devices.snapshot(task["device_arn"])
        self._end(
            task,
            to="FAILED" if lost else "COMPLETED",
            objects=_objects(_finished(task, ended_at, elapsed_s), outcomes, task),
            failure_reason=failures[0].reason if lost else None,
            successful_shots=shots,
            cost=None if lost else _price(task, snapshot, shots=shots, seconds=elapsed_s),
        )

    def _end(
        self,
        task: Task,
        *,
        to: str,
        since: Iterable[str] = ("RUNNING",),
        objects: dict[str, bytes] | None = None,
        cost: Decimal | None = None,
        **changes: Any,
    ) -> None:
        """Move a task to its end, with its objects and its charge, all or nothing."""
        now, charge = self._state.clock(), {} if cost is None else {"cost_usd": str(cost)}
        states = ("CANCELLING",) if to == "CANCELLED" else tuple(since)
        with self._state.store.writing() as connection:
            moved = task_rows.move(
                connection, task["arn"], since=states, to=to, ended_at=now, **charge, **changes
            )
            for name, body in (objects or {}).items() if moved else ():
                s3.put(connection, task["bucket"], f"{task['directory']}/{name}", body, now=now)

    def _nap_s(self) -> float:
        with self._state.store.reading() as connection:
            change = task_rows.next_change(connection, after=self._looked_at)
        if change is None:
            return _LONGEST_NAP_S
        return min(_LONGEST_NAP_S, max(0.01, change - self._state.clock()))


def _finished(task: Task, ended_at: float, elapsed_s: float) -> Finished:
    return Finished(
        arn=task["arn"],
        device_arn=task["device_arn"],
        device_parameters=parameters_of(task),
        action=read_action(task["action"]),
        shots=task["shots"],
        bucket=task["bucket"],
        directory=task["directory"],
        created_at=iso(task["created_at"]),
        ended_at=iso(ended_at),
        elapsed_ms=round(elapsed_s * 1000),
    )


def _objects(finished: Finished, outcomes: list[list[Outcome]], task: Task) -> dict[str, bytes]:
    fate, first = task["fate"], outcomes[0][0]
    if task["action_type"] == PROGRAM_SET or "as_program_set" in fate:
        found = documents.tree(finished, outcomes)
    elif isinstance(first, Measured):
        found = documents.single(finished, first)
    else:
        found = {}
    if fate.get("corrupt") in found:
        found[fate["corrupt"]] = found[fate["corrupt"]][: len(found[fate["corrupt"]]) // 2]
    found.pop(fate.get("missing", ""), None)
    return found


def _price(task: Task, snapshot: DeviceSnapshot, *, shots: int, seconds: float) -> Decimal:
    reserved = bool(task["echo"].get("associations"))
    return billing.usd(snapshot, shots=shots, seconds=seconds, reserved=reserved)
