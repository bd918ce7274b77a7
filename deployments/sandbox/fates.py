"""What will go wrong with one task, drawn when it is created and kept with it."""

from typing import Any

from deployments.sandbox.fault_book import FaultBook, Subject, fraction
from deployments.sandbox.fault_model import TASK_KINDS, Fault, Kind


def drawn(faults: FaultBook, *, device: str, seed: int, task: str) -> dict[str, Any]:
    """Return the fate of a task: which faults strike it, and how."""
    fate: dict[str, Any] = {}
    for fault in faults.strike(TASK_KINDS, Subject("CreateQuantumTask", device)):
        fate |= _one(fault, seed=seed, task=task)
    return fate


def _one(fault: Fault, *, seed: int, task: str) -> dict[str, Any]:
    match fault.kind:
        case Kind.FAIL:
            return {"fail": fault.reason or "The device could not run the task."}
        case Kind.PARTIAL:
            share = {"fraction": fault.fraction, "retryable": fault.retryable}
            return {"partial": share | {"reason": fault.reason}}
        case Kind.LOSE_SHOTS:
            return {"lose_shots": fault.fraction}
        case Kind.LATE:
            return {"delay_s": fault.delay_s}
        case Kind.SHUFFLE:
            return {"delay_s": fault.delay_s * fraction(seed, "shuffle", task)}
        case Kind.AS_PROGRAM_SET:
            return {"as_program_set": True}
        case _:  # CORRUPT and MISSING
            return {fault.kind.value: fault.key}
