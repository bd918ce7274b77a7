"""An execution as it is bought: the bytes, their identity and their price."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from datasets.records.compiled import CompiledId
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Executable, Execution, ExecutionId, Purpose, RunId
from tasks.core.identity import execution_id
from tasks.core.planning.actions import Unit, program, program_set
from tasks.core.planning.packing import price


@dataclass(frozen=True, slots=True)
class Setting:
    """What an execution belongs to; `options` are DeviceOptions in canonical JSON, or nothing."""

    run_id: RunId
    seed: int
    target: str
    purpose: Purpose
    iteration: int = -1
    options: str = ""


@dataclass(frozen=True, slots=True)
class Copy:
    """One executable of an action."""

    unit: Unit
    point: int
    basis: str
    variant: str
    shots: int


def order(
    copies: Sequence[Copy],
    *,
    setting: Setting,
    seed: int,
    compiled_id: CompiledId,
    snapshot: DeviceSnapshot,
    parent_id: ExecutionId | None = None,
) -> Execution:
    """Return the execution that buys `copies`, which have equal shots and fit into one task."""
    if snapshot.limits.program_set_executables is None:
        action = program(copies[0].unit)
    else:
        action = program_set([copy.unit for copy in copies])
    shots = sum(copy.shots for copy in copies)
    return Execution(
        execution_id=_identity(action, setting=setting, seed=seed, shots=shots),
        run_id=setting.run_id,
        target=setting.target,
        compiled_id=compiled_id,
        calibration_id=snapshot.calibration_id,
        action=action,
        shots=shots,
        seed=seed,
        executables=tuple(_logical(copies)),
        purpose=setting.purpose,
        iteration=setting.iteration,
        cost_usd=price(snapshot.prices, tasks=1, shots=shots),
        parent_id=parent_id,
        options=setting.options,
    )


def _identity(action: bytes, *, setting: Setting, seed: int, shots: int) -> ExecutionId:
    parameters: dict[str, object] = {"seed": seed}
    if setting.options:
        parameters["options"] = setting.options
    found = execution_id(
        action,
        target=setting.target,
        device_parameters=parameters,
        shots=shots,
        repetition=setting.iteration,
        run_id=setting.run_id,
    )
    return ExecutionId(found)


def _logical(copies: Sequence[Copy]) -> Iterator[Executable]:
    for (point, basis, variant), same in groupby(
        copies, key=lambda copy: (copy.point, copy.basis, copy.variant)
    ):
        yield Executable(point, basis, variant, sum(1 for _ in same))
