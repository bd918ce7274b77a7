"""Buy what did not come back of an execution, alone: the missing shots of each executable."""

from collections.abc import Iterator, Sequence

from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Execution
from tasks.core.identity import digest
from tasks.core.planning.actions import units
from tasks.core.planning.orders import Copy, Setting, order
from tasks.core.planning.packing import level, pack


def plan_remainder(
    execution: Execution, *, missing: Sequence[int], snapshot: DeviceSnapshot
) -> tuple[Execution, ...]:
    """Return the executions that buy `missing[i]` shots of the i-th executable of the action.

    All shots of a task are equal, so some executables may get a few more than they miss where that
    is cheaper than another task. One that misses fewer shots than the device takes is left short:
    it has nearly all. The same remainder of the same execution is the same executions.
    """
    limits = snapshot.limits
    least = max(limits.shots_min, 1)
    wanted = [i for i, shots in enumerate(missing) if shots >= least]
    levels = level([missing[i] for i in wanted], limits=limits, prices=snapshot.prices)
    keys = list(_keys(execution))
    alike = units(execution.action)
    copies = [
        Copy(alike[i], *keys[i], shots)
        # Neighbours in a task have equal shots; executables of one circuit stay together.
        for shots, i in sorted(zip(levels, wanted, strict=True), key=lambda pair: -pair[0])
    ]
    setting = Setting(
        execution.run_id,
        execution.seed,
        execution.target,
        execution.purpose,
        execution.iteration,
        execution.options,
    )
    chunks = pack([copy.shots for copy in copies], limits=limits, device=snapshot.name)
    return tuple(
        order(
            [copies[i] for i in chunk],
            setting=setting,
            seed=int(digest([execution.execution_id, index])[:15], 16),
            compiled_id=execution.compiled_id,
            snapshot=snapshot,
            parent_id=execution.execution_id,
        )
        for index, chunk in enumerate(chunks)
    )


def _keys(execution: Execution) -> Iterator[tuple[int, str, str]]:
    """Return point, basis and variant of each executable of the action."""
    for executable in execution.executables:
        for _ in range(executable.copies):
            yield executable.point, executable.basis, executable.variant
