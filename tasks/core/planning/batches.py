"""Plan many circuits as few paid tasks: a task may hold circuits of several compiled programs."""

from collections.abc import Sequence
from dataclasses import dataclass

from datasets.records.compiled import CompiledId, CompiledProgram
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Execution
from tasks.core.identity import digest
from tasks.core.planning.actions import Unit
from tasks.core.planning.orders import Copy, Setting
from tasks.core.planning.planner import equal_parts, packed, text_of

RAW = "raw"  # a batch's circuits run as they are


@dataclass(frozen=True, slots=True)
class Member:
    """One circuit of a batch, compiled; `shots` are those of each of its measurement bases.

    Its `number` in the batch is the `point` of its executables, by which counts find it again.
    """

    number: int
    compiled: CompiledProgram
    bases: tuple[str, ...]
    shots: int


def set_id(members: Sequence[Member]) -> CompiledId:
    """Return what the executions of a batch call what they run: all its compiled programs.

    It is the digest of their numbers and ids, so that it names one set of circuits and no other.
    """
    content = [[member.number, member.compiled.compiled_id] for member in members]
    return CompiledId(digest(["compiled set", content]))


def plan_members(
    members: Sequence[Member], *, snapshot: DeviceSnapshot, setting: Setting
) -> tuple[Execution, ...]:
    """Plan the executions that run every circuit in each of its bases, in the fewest tasks.

    The executables of a task have equal shots. So circuits with more shots come first, and those
    with equal ones, in their order, share tasks as far as the device's limits go; shots above the
    device's range are split.

    Raises:
        BadInput: fewer shots than the device takes.
    """
    copies = [copy for member in members for copy in _copies(member, snapshot)]
    copies.sort(key=lambda copy: -copy.shots)
    return packed(copies, compiled_id=set_id(members), snapshot=snapshot, setting=setting)


def _copies(member: Member, snapshot: DeviceSnapshot) -> list[Copy]:
    count, each = equal_parts(member.shots, snapshot)
    circuits = {item.basis: item.circuit for item in member.compiled.measured}
    return [
        Copy(unit, member.number, basis, RAW, each)
        for basis in member.bases
        for unit in [Unit(text_of(circuits[basis], member.compiled, snapshot), ())]
        for _ in range(count)
    ]
