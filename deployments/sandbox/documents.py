"""The objects that a finished task leaves in its bucket, in Braket's layout."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from deployments.sandbox.actions import PROGRAM, Action, Program
from deployments.sandbox.outcomes import Failed, Measured, Outcome, flat

_PREFIX = "braket.task_result"
_COMPILED = {"iqm": "iqmMetadata", "rigetti": "rigettiMetadata"}


@dataclass(frozen=True, slots=True)
class Finished:
    """A task that has run. Times as Braket writes them, at most 24 characters."""

    arn: str
    device_arn: str
    device_parameters: Mapping[str, Any]
    action: Action
    shots: int
    bucket: str
    directory: str
    created_at: str
    ended_at: str
    elapsed_ms: int


def single(task: Finished, outcome: Measured) -> dict[str, bytes]:
    """Return the one object of a task of one program, by its name below the task's directory."""
    document = _headed(
        "gate_model_task_result",
        measurements=outcome.bits.tolist() or None,
        resultTypes=outcome.values,
        measuredQubits=list(outcome.qubits),
        taskMetadata=_headed(
            "task_metadata",
            id=task.arn,
            shots=task.shots,
            deviceId=task.device_arn,
            deviceParameters=task.device_parameters or None,
            createdAt=task.created_at,
            endedAt=task.ended_at,
            status="COMPLETED",
        ),
        additionalMetadata={
            "action": dict(task.action.programs[0].document),
            **_additional(task, task.action.programs[0]),
        },
    )
    return {"results.json": _bytes(document)}


def tree(task: Finished, outcomes: Sequence[Sequence[Outcome]]) -> dict[str, bytes]:
    """Return the objects of a program set's task, by their names below the task's directory."""
    found = {
        "results.json": _bytes(
            _headed(
                "program_set_task_result",
                taskMetadata="metadata.json",
                programResults=[f"programs/{i}/results.json" for i in range(len(outcomes))],
                s3Location=[task.bucket, task.directory],
            )
        ),
        "metadata.json": _bytes(_metadata(task, outcomes)),
    }
    for number, (program, entries) in enumerate(zip(task.action.programs, outcomes, strict=True)):
        folder = f"programs/{number}"
        found[f"{folder}/program.json"] = _bytes(_program(task, program))
        found[f"{folder}/results.json"] = _bytes(
            _headed(
                "program_result",
                executableResults=[f"executables/{j}.json" for j in range(len(entries))],
                source="program.json",
                additionalMetadata=_additional(task, program),
            )
        )
        for index, entry in enumerate(entries):
            found[f"{folder}/executables/{index}.json"] = _bytes(_executable(index, entry))
    return found


def successful_shots(outcomes: Sequence[Sequence[Outcome]]) -> int:
    """Return how many shots came back."""
    found = (entry for program in outcomes for entry in program)
    return sum(len(entry.bits) for entry in found if isinstance(entry, Measured))


def _metadata(task: Finished, outcomes: Sequence[Sequence[Outcome]]) -> dict[str, Any]:
    failed = sum(isinstance(o, Failed) for o in flat([list(program) for program in outcomes]))
    return _headed(
        "program_set_task_metadata",
        id=task.arn,
        deviceId=task.device_arn,
        requestedShots=task.shots,
        successfulShots=successful_shots(outcomes),
        programMetadata=[{"executables": [{} for _ in program]} for program in outcomes],
        deviceParameters=task.device_parameters or None,
        createdAt=task.created_at,
        endedAt=task.ended_at,
        status="FAILED" if failed == task.action.executables else "COMPLETED",
        totalFailedExecutables=failed,
    )


def _program(task: Finished, program: Program) -> Mapping[str, Any]:
    """Return the program; a single one, in this form, has each input as a list of one."""
    if task.action.kind != PROGRAM:
        return program.document
    inputs = {name: [value] for name, value in program.inputs[0]}
    return {**program.document, "inputs": inputs}


def _executable(index: int, outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Measured():
            return _headed(
                "program_set_executable_result",
                inputsIndex=index,
                measurements=outcome.bits.tolist(),
                measuredQubits=list(outcome.qubits),
            )
        case Failed():
            return _headed(
                "program_set_executable_failure",
                inputsIndex=index,
                failureMetadata={
                    "failureReason": outcome.reason,
                    "retryable": outcome.retryable,
                    "category": outcome.category,
                },
            )


def _additional(task: Finished, program: Program) -> dict[str, Any]:
    if "/quantum-simulator/" in task.device_arn:
        duration = _headed("simulator_metadata", executionDuration=task.elapsed_ms)
        return {"simulatorMetadata": duration}
    vendor = task.device_arn.split("/")[2]
    name = _COMPILED.get(vendor)
    if name is None or "verbatim" not in program.source:
        return {}
    return {name: _headed(f"{vendor}_metadata", compiledProgram=program.source)}


def _headed(schema: str, **members: object) -> dict[str, Any]:
    return {"braketSchemaHeader": {"name": f"{_PREFIX}.{schema}", "version": "1"}, **members}


def _bytes(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":"), default=_number).encode()


def _number(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    message = f"{type(value).__name__} has no JSON form"
    raise TypeError(message)
