"""What a plan buys in all: tasks, shots and USD, packed, and with a task for each circuit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Execution
from tasks.core.packing import price, room, tasks_of
from tasks.core.planning import equal_parts


@dataclass(frozen=True, slots=True)
class Quote:
    """What is bought at most.

    `fee_usd` is the part of `usd` that is paid for tasks. `unpacked_tasks` are those that the same
    shots take where a task holds one circuit, whose fees are `unpacked_fee_usd`.
    """

    tasks: int = 0
    shots: int = 0
    fee_usd: Decimal = Decimal(0)
    usd: Decimal = Decimal(0)
    unpacked_tasks: int = 0
    unpacked_fee_usd: Decimal = Decimal(0)

    def __add__(self, other: "Quote") -> "Quote":
        """Return what both buy."""
        return Quote(
            self.tasks + other.tasks,
            self.shots + other.shots,
            self.fee_usd + other.fee_usd,
            self.usd + other.usd,
            self.unpacked_tasks + other.unpacked_tasks,
            self.unpacked_fee_usd + other.unpacked_fee_usd,
        )

    def times(self, count: int) -> "Quote":
        """Return what is bought when this is bought `count` times."""
        return Quote(
            self.tasks * count,
            self.shots * count,
            self.fee_usd * count,
            self.usd * count,
            self.unpacked_tasks * count,
            self.unpacked_fee_usd * count,
        )

    @property
    def unpacked_usd(self) -> Decimal:
        """What the same shots cost where a task holds one circuit."""
        return self.usd - self.fee_usd + self.unpacked_fee_usd

    def plain(self) -> dict[str, Any]:
        """Return the quote as JSON types; money is a number."""
        return {
            "tasks": self.tasks,
            "shots": self.shots,
            "fee_usd": float(self.fee_usd),
            "usd": float(self.usd),
            "unpacked": {
                "tasks": self.unpacked_tasks,
                "fee_usd": float(self.unpacked_fee_usd),
                "usd": float(self.unpacked_usd),
            },
        }


def quote_executions(executions: Sequence[Execution], *, snapshot: DeviceSnapshot) -> Quote:
    """Return what planned executions buy."""
    shots: Counter[tuple[int, str, str]] = Counter()
    for execution in executions:
        copies = sum(executable.copies for executable in execution.executables)
        for executable in execution.executables:
            place = (executable.point, executable.basis, executable.variant)
            shots[place] += execution.shots // copies * executable.copies
    return _quote(
        snapshot,
        tasks=len(executions),
        shots=sum(execution.shots for execution in executions),
        usd=sum((execution.cost_usd for execution in executions), Decimal(0)),
        unpacked_tasks=sum(tasks_of(each, limits=snapshot.limits) for each in shots.values()),
    )


def quote_circuits(count: int, *, shots: int, snapshot: DeviceSnapshot) -> Quote:
    """Return what `plan_circuits` buys for `count` circuits of `shots` each, without planning it.

    Raises:
        BadInput: fewer shots than the device takes.
    """
    copies, each = equal_parts(shots, snapshot)
    tasks = -(-count * copies // room(each, limits=snapshot.limits))
    total = count * copies * each
    return _quote(
        snapshot,
        tasks=tasks,
        shots=total,
        usd=price(snapshot.prices, tasks=tasks, shots=total),
        unpacked_tasks=count * tasks_of(copies * each, limits=snapshot.limits),
    )


def _quote(
    snapshot: DeviceSnapshot, *, tasks: int, shots: int, usd: Decimal, unpacked_tasks: int
) -> Quote:
    fee = snapshot.prices.usd_per_task
    if snapshot.limits.program_set_executables is None:
        unpacked_tasks = tasks  # nothing is packed
    return Quote(tasks, shots, tasks * fee, usd, unpacked_tasks, unpacked_tasks * fee)
