"""A provider in memory that speaks like AWS: idempotent by token, with faults by script."""

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from datasets.records.compiled import CompiledId
from datasets.records.devices import CalibrationId
from datasets.records.executions import Executable, Execution, ExecutionId, Purpose, RunId
from tasks.backends.braket.connection import Connection
from tasks.backends.braket.patience import Clock
from tasks.core.planning.actions import Unit, program, program_set
from tasks.errors import NotFound, RuntimeFault, Unavailable

GARNET = "arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
TARGET = f"braket:{GARNET}"
NOW = datetime(2026, 6, 1, tzinfo=UTC)  # the newest bundled calibrations are of May
RUN = RunId("a" * 32)
SOURCE = (
    "OPENQASM 3.0;\nbit[2] b;\n#pragma braket verbatim\nbox{\nprx(3.0, 0.0) $7;\n}\n"
    "b[0] = measure $7;\nb[1] = measure $3;\n"
)


class Lost(Exception):  # noqa: N818 - it is an answer that is lost
    """In a script: the work is done, and the answer does not arrive."""


class Provider(Connection):
    """Tasks by token; `script[operation]` holds what happens to the next calls, None is nothing.

    A task ends after `looks` looks at it, as `status`. A `forgetful` provider sells again to a
    token that it has seen, which Braket's documentation does not rule out.
    """

    def __init__(
        self,
        *,
        looks: int = 2,
        status: str = "COMPLETED",
        page: int = 100,
        forgetful: bool = False,
    ) -> None:
        self.time_s, self.pauses = 0.0, list[float]()
        clock = Clock(now=lambda: self.time_s, sleep=self._sleep, rng=np.random.default_rng(1))
        super().__init__("eu-north-1", clock=clock)
        self.script: dict[str, list[Exception | None]] = defaultdict(list)
        self.calls: Counter[str] = Counter()
        self.tasks: dict[str, dict[str, Any]] = {}
        self.objects: dict[str, bytes] = {}
        self.looks, self.status, self.page = looks, status, page
        self.forgetful = forgetful
        self._names = itertools.count()

    def _sleep(self, seconds: float) -> None:
        self.time_s += seconds
        self.pauses.append(seconds)

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.time_s)

    def account(self, **_: Any) -> str:
        return "1"

    def bucket(self, **_: Any) -> str:
        return "results"

    def ask_once(self, service: str, operation: str, **members: Any) -> dict[str, Any]:
        del service
        self.calls[operation] += 1
        fault = self.script[operation].pop(0) if self.script[operation] else None
        if isinstance(fault, RuntimeFault):
            raise fault
        answer: dict[str, Any] = getattr(self, f"_{operation}")(members)
        if isinstance(fault, Lost):
            code = "ConnectionClosedError"
            raise Unavailable(operation, code, "the connection was closed")
        return answer

    def _CreateQuantumTask(self, members: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's name
        token = members["clientToken"]
        if self.forgetful:
            token += f"/{len(self.tasks)}"
        if token not in self.tasks:
            name = f"{next(self._names):04d}"
            self.tasks[token] = {
                "quantumTaskArn": f"arn:aws:braket:eu-north-1:1:quantum-task/{name}",
                "deviceArn": members["deviceArn"],
                "shots": members["shots"],
                "tags": members["tags"],
                "outputS3Bucket": members["outputS3Bucket"],
                "outputS3Directory": f"{members['outputS3KeyPrefix']}/{name}",
                "createdAt": NOW,
                "looks": self.looks,
            }
        return {"quantumTaskArn": self.tasks[token]["quantumTaskArn"]}

    def _GetQuantumTask(self, members: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the same
        arn = members["quantumTaskArn"]
        task = next(task for task in self.tasks.values() if task["quantumTaskArn"] == arn)
        task["looks"] -= 1
        if task["looks"] > 0:
            return {**task, "status": "QUEUED"}
        returned = {"numSuccessfulShots": task["shots"]} | task.get("end", {})
        return {**task, "status": self.status, "endedAt": NOW + timedelta(seconds=2)} | returned

    def _SearchQuantumTasks(self, members: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the same
        found = list(self.tasks.values())
        start = int(members.get("nextToken", 0))
        more = {"nextToken": str(start + self.page)} if len(found) > start + self.page else {}
        return {"quantumTasks": found[start : start + self.page], **more}

    def _GetObject(self, members: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the same
        if members["Key"] not in self.objects:
            code = "NoSuchKey"
            raise NotFound("GetObject", code, "The specified key does not exist.")
        return {"Body": self.objects[members["Key"]]}

    def _GetDevice(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - the same
        from datasets.devices.catalogue import resolve
        from deployments.sandbox.capabilities import document

        snapshot = resolve("emulator:garnet")
        return {
            "deviceName": snapshot.name,
            "deviceArn": snapshot.arn,
            "deviceStatus": "ONLINE",
            "deviceCapabilities": json.dumps(document(snapshot)),
        }


def an_execution(number: int = 0, *, units: Sequence[Unit] = (), shots: int = 30) -> Execution:
    """Return an execution of a program set, or of one program when there is one unit."""
    wanted = units or [Unit(SOURCE, ())]
    return Execution(
        execution_id=ExecutionId(f"{number:040x}"),
        run_id=RUN,
        target=TARGET,
        compiled_id=CompiledId("c"),
        calibration_id=CalibrationId("d"),
        action=program(wanted[0]) if len(wanted) == 1 else program_set(wanted),
        shots=shots,
        seed=1,
        executables=tuple(Executable(i, "ZZ", "raw", 1) for i in range(len(wanted))),
        purpose=Purpose.ITERATION,
        iteration=0,
        cost_usd=Decimal("0.3"),
    )
