"""Serve a sandbox's queues by hand and look at what tasks leave."""

import json
from typing import Any

from sandbox_calls import REGIONS, Caller, content, program, program_set

from deployments.sandbox import control
from deployments.sandbox.runner import Runner
from deployments.sandbox.state import State
from deployments.sandbox.wire import Request

ROTATION = (
    "OPENQASM 3.0;\ninput float theta;\nbit[1] b;\n#pragma braket verbatim\nbox{\n"
    "prx(theta, 0.0) $3;\n}\nb[0] = measure $3;"
)
PI = 3.141592653589793


def drain(state: State) -> None:
    """Serve the queues until nothing moves."""
    runner = Runner(state)
    while runner.step():
        pass


def run(state: State, device: str, **members: Any) -> dict[str, Any]:
    """Create a task, serve the queues and return the task as it ended."""
    caller = Caller(state, REGIONS.get(device, "us-east-1"))
    arn = content(caller.create(device, **members))["quantumTaskArn"]
    drain(state)
    return content(caller.call("GetQuantumTask", quantumTaskArn=arn))


def object_of(state: State, task: dict[str, Any], name: str = "results.json") -> Any:
    """Return an object of a task's result, or the status when there is none."""
    path = f"/{task['outputS3Bucket']}/{task['outputS3Directory']}/{name}"
    answer = Caller(state).send("s3", "GET", path)
    return json.loads(answer.body) if answer.status == 200 else answer.status


def the_bill(state: State) -> dict[str, Any]:
    """Return the bill."""
    return content(control.handle(state, Request("GET", "/sandbox/bill", {}, {}, b"")))


def sweep(*angles: float) -> dict[str, Any]:
    """Return a program set of one program with these angles."""
    return program_set({**program(ROTATION), "inputs": {"theta": list(angles)}})
