"""Amazon Braket devices: every execution is one quantum task, looked for before it is bought."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeVar

from datasets.records.circuits import Circuit
from datasets.records.devices import DeviceSnapshot, Prices
from datasets.records.executions import Execution, ExecutionState, RunId
from tasks.backends.braket.connection import Connection
from tasks.backends.braket.devices import FRESH_S, POLL_S, arn_of, connection_of, describe
from tasks.backends.braket.objects import read_objects
from tasks.backends.braket.patience import Patience, patiently
from tasks.backends.braket.results import MAX_QUBITS, Returned, failures, returned
from tasks.backends.braket.search import search, sold
from tasks.backends.braket.task_requests import create_request
from tasks.backends.protocol import Device, Histogram, Outcome, Sold
from tasks.backends.provider_clock import provider_time
from tasks.core.planning.packing import price
from tasks.errors import (
    AccessDenied,
    BadInput,
    Conflict,
    NotFound,
    Refused,
    ResultUnreadable,
    TooLarge,
    Transient,
    Unavailable,
)

Found = TypeVar("Found")
MAX_POLL_S: Final = 30.0
_SLOWER: Final = 1.5  # each look at a task comes so much later than the one before
SKEW: Final = timedelta(hours=1)  # by which the provider's own machines may differ
# SearchQuantumTasks promises nothing about how soon it lists a new task.
LAG: Final = timedelta(minutes=5)
_KEPT: Final = 64  # results in memory: a chunk of iterations is read again when it lands
_ENDED: Final = {
    state.name: state
    for state in (ExecutionState.COMPLETED, ExecutionState.FAILED, ExecutionState.CANCELLED)
}


class BraketBackend:
    """Runs executions on one device.

    `began` says when a run began, by the provider's clock; nothing of it is older. `prices` are
    those that the run was quoted: the service does not say what it charges. `account` says in which
    account a run buys, given the one that these credentials are for.
    """

    charges = True
    lag = LAG

    def __init__(
        self,
        target: str,
        *,
        began: Callable[[RunId], datetime | None],
        prices: Callable[[], Prices],
        account: Callable[[RunId, str], str] = lambda _, account: account,
        connection: Connection | None = None,
    ) -> None:
        self._target, self._arn = target, arn_of(target)
        self._connection = connection or connection_of(target)
        self._began, self._account = began, account
        self._prices = lru_cache(maxsize=1)(prices)
        self._known: dict[RunId, dict[str, str]] = {}
        self._tasks: dict[str, dict[str, Any]] = {}
        self._read = lru_cache(maxsize=_KEPT)(self._fetched)

    def validate(self, circuit: Circuit) -> None:
        """Refuse circuits whose outcomes do not fit into 64 bits.

        Raises:
            TooLarge: the circuit is wider.
        """
        if circuit.n_qubits > MAX_QUBITS:
            raise TooLarge(self._target, MAX_QUBITS, circuit.n_qubits)

    def find(self, execution: Execution) -> str | None:
        """Return the task that carries the execution's tag.

        The tasks of a run are listed once: only the process that has claimed the run adds to them.

        Raises:
            BadInput: the run buys in another account, whose tasks are not in sight.
            Transient: the service does not answer.
            Refused: it does not say.
        """
        run_id = execution.run_id
        if run_id not in self._known:
            self._check_account(run_id)
            self._known[run_id] = self._ask_patiently(lambda: self._listed(run_id))
        return self._known[run_id].get(execution.execution_id)

    def submit(self, execution: Execution) -> str:
        """Buy the execution; after a lost answer it is looked for before it is asked for again.

        Raises:
            Transient: the service did not answer; whether it has the task is not known.
            Refused: the service does not take it.
        """
        run_id, lost = execution.run_id, False
        bucket = self._connection.bucket()

        def attempt() -> str:
            nonlocal lost
            if lost and (found := self._listed(run_id).get(execution.execution_id)):
                return found
            try:
                return self._create(execution, bucket=bucket)
            except Unavailable:
                lost = True
                raise

        self._known.setdefault(run_id, {})
        try:
            handle = self._ask_patiently(attempt)
        except BaseException:
            self._known.pop(run_id, None)  # what was known of the run may be wrong now
            raise
        self._known[run_id][execution.execution_id] = handle
        return handle

    def look(self, handle: str) -> Outcome | None:
        """Look at the task once.

        Raises:
            Transient: the service does not answer any more; the task goes on.
            Refused: it does not say.
        """
        task = self._task(handle)
        if task["status"] not in _ENDED:
            return None
        self._tasks[handle] = task
        return self._outcome(task)

    def wait(self, handle: str, *, between: Callable[[], None]) -> Outcome:
        """Look at the task, less and less often, until it has ended; raises what `look` does."""
        pause_s = self._poll_s()
        while (outcome := self.look(handle)) is None:
            between()
            self._connection.clock.pause(pause_s)
            pause_s = min(pause_s * _SLOWER, MAX_POLL_S)
        return outcome

    def cancel(self, handle: str) -> None:
        """Ask for the task to be cancelled, unless it has ended; a running one may go on.

        Raises:
            Transient: the service does not answer.
            Refused: this caller may not.
        """
        with suppress(Conflict):  # it has ended, or is being cancelled
            self._connection.ask("braket", "CancelQuantumTask", quantumTaskArn=handle)

    def now(self) -> datetime | None:
        """Return what time it is at the provider."""
        return provider_time()

    def sold(self, within: timedelta) -> tuple[Sold, ...]:
        """Return the tasks in the device's region that carry the runtime's tags."""
        return sold(self._connection, within=within)

    def calibration(self) -> str | None:
        """Return the device's calibration as it was at most a minute ago."""
        snapshot = self._snapshot()
        return snapshot.calibration_id if snapshot else None

    def fetch(self, handle: str) -> tuple[Histogram, ...]:
        """Return the counts, one an executable; an executable that failed has none.

        Raises:
            ResultUnreadable: an object of the result is missing or damaged.
            Transient: S3 does not answer.
        """
        return self._read(handle).histograms

    def discard(self, handle: str) -> None:
        """Do nothing: results stay in the account's bucket, which is its owner's."""

    def _create(self, execution: Execution, *, bucket: str) -> str:
        request = create_request(execution, arn=self._arn, bucket=bucket)
        try:
            answer = self._connection.ask_once("braket", "CreateQuantumTask", **request)
        except Conflict:
            # The token is taken by the same execution with another bucket.
            if found := self._listed(execution.run_id).get(execution.execution_id):
                return found
            raise
        return str(answer["quantumTaskArn"])

    def _listed(self, run_id: RunId) -> dict[str, str]:
        """Return the tasks on the device since the run began, by the execution in their tags."""
        began = self._began(run_id)
        tasks = search(self._connection, since=began and began - SKEW, arn=self._arn)
        return {task.execution_id: task.handle for task in tasks}

    def _check_account(self, run_id: RunId) -> None:
        here = self._connection.account()
        there = self._account(run_id, here)
        if there != here:
            message = (
                f"Run {run_id} buys in AWS account {there}; these credentials are for {here}. "
                "Use the profile that it was begun with."
            )
            raise BadInput(message)

    def _snapshot(self) -> DeviceSnapshot | None:
        try:
            return self._device().snapshot
        except (AccessDenied, NotFound, Transient):
            return None  # results are worth more than the name of their calibration

    def _calibration_at(self, moment: datetime) -> str | None:
        """Return what was in force at a moment, unless the device was calibrated since then."""
        snapshot = self._snapshot()
        just_now = self._connection.now() - moment < timedelta(seconds=FRESH_S)
        stood = snapshot and (just_now or snapshot.published_at <= moment)
        return snapshot.calibration_id if snapshot and stood else None

    def _task(self, handle: str) -> dict[str, Any]:
        return self._connection.ask("braket", "GetQuantumTask", quantumTaskArn=handle)

    def _device(self) -> Device:
        return describe(self._connection, self._arn)

    def _poll_s(self) -> float:
        try:
            return self._device().poll_s
        except (AccessDenied, NotFound):
            return POLL_S  # who may look at tasks may not always look at devices

    def _outcome(self, task: dict[str, Any]) -> Outcome:
        state, failure = _ENDED[task["status"]], task.get("failureReason")
        shots = int(task.get("numSuccessfulShots") or 0)
        if state is ExecutionState.COMPLETED:
            shots = self._shots(task)
            if shots < int(task["shots"]):
                state, failure = ExecutionState.PARTIAL, self._missing(task, shots=shots)
        elif not failure:
            failure = "the provider gave no reason"
        ended_at = (task.get("endedAt") or self._connection.now()).astimezone(UTC)
        return Outcome(
            state=state,
            shots_returned=shots,
            started_at=task["createdAt"].astimezone(UTC),
            ended_at=ended_at,
            calibration_id_end=self._calibration_at(ended_at),
            failure=failure,
            charged_usd=self._charge(task, shots=shots),
        )

    def _charge(self, task: dict[str, Any], *, shots: int) -> Decimal:
        """Return what the task costs: the fee and the shots that came back, or its time."""
        if shots == 0:
            return Decimal(0)
        prices = self._prices()
        task_s = self._duration_s(task) if prices.usd_per_minute > 0 else 0.0
        return price(prices, tasks=1, shots=shots, task_s=task_s)

    def _duration_s(self, task: dict[str, Any]) -> float:
        try:
            return self._read(task["quantumTaskArn"]).duration_s
        except ResultUnreadable:
            if task["status"] == "COMPLETED":
                raise
            return 0.0  # what failed need not leave a result

    def _shots(self, task: dict[str, Any]) -> int:
        """Return how many shots came back: as stated, or else as counted."""
        stated = task.get("numSuccessfulShots")
        if stated is not None:
            return int(stated)
        found = self._read(task["quantumTaskArn"]).histograms
        return sum(histogram.shots for histogram in found)

    def _missing(self, task: dict[str, Any], *, shots: int) -> str:
        """Say what did not come back, and why."""
        text = f"{shots} of {task['shots']} shots came back"
        try:
            found = self._read(task["quantumTaskArn"]).histograms
        except (ResultUnreadable, Refused):
            return text  # how the task ended is known all the same; whoever fetches it is told
        return "; ".join([text, *failures(found)])

    def _fetched(self, handle: str) -> Returned:
        task = self._tasks.pop(handle, None) or self._task(handle)
        place = {"bucket": task["outputS3Bucket"], "directory": task["outputS3Directory"]}
        return returned(
            lambda paths: read_objects(self._connection, paths, **place), shots=int(task["shots"])
        )

    def _ask_patiently(self, ask: Callable[[], Found]) -> Found:
        return patiently(ask, patience=Patience(), clock=self._connection.clock)
