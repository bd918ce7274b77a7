"""What a plan buys in all: tasks, shots and USD, packed, and with a task for each circuit."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Execution
from tasks.core.money.quote_items import Item, Line, circuit_lines, execution_lines, merged
from tasks.core.planning.packing import price, room, tasks_of
from tasks.core.planning.planner import equal_parts

_MICRO_USD: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Quote:
    """What a plan buys, and what it may cost beyond that.

    `fee_usd` is the part of `usd` that is paid for tasks. `unpacked_tasks` are those that the same
    shots take where a task holds one circuit, whose fees are `unpacked_fee_usd`. `lines` add up to
    `usd`. Shots that do not come back are not charged, so buying them again costs another task:
    `again_usd` is the price of as many tasks without shots, `retry_usd` what of it is expected, and
    `spare_usd` what of it may be spent.
    """

    tasks: int = 0
    shots: int = 0
    fee_usd: Decimal = Decimal(0)
    usd: Decimal = Decimal(0)
    unpacked_tasks: int = 0
    unpacked_fee_usd: Decimal = Decimal(0)
    lines: tuple[Line, ...] = ()
    again_usd: Decimal = Decimal(0)
    retry_usd: Decimal = Decimal(0)
    spare_usd: Decimal = Decimal(0)

    def __add__(self, other: "Quote") -> "Quote":
        """Return what both buy."""
        return Quote(
            self.tasks + other.tasks,
            self.shots + other.shots,
            self.fee_usd + other.fee_usd,
            self.usd + other.usd,
            self.unpacked_tasks + other.unpacked_tasks,
            self.unpacked_fee_usd + other.unpacked_fee_usd,
            merged((*self.lines, *other.lines)),
            self.again_usd + other.again_usd,
            self.retry_usd + other.retry_usd,
            self.spare_usd + other.spare_usd,
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
            merged(line.times(count) for line in self.lines),
            self.again_usd * count,
            self.retry_usd * count,
            self.spare_usd * count,
        )

    def retrying(self, rounds: int, *, share: Decimal) -> "Quote":
        """Return the quote of a run that buys what does not come back up to `rounds` times.

        `share` is how many tasks were bought again for each that was bought before.
        """
        expected = (self.again_usd * min(share, Decimal(rounds))).quantize(
            _MICRO_USD, ROUND_CEILING
        )
        return replace(self, retry_usd=expected, spare_usd=self.again_usd * rounds)

    @property
    def cost_usd(self) -> Decimal:
        """What is expected to be charged."""
        return self.usd + self.retry_usd

    @property
    def most_usd(self) -> Decimal:
        """What is charged at most; for simulators, if none takes longer than is billed at least."""
        return self.usd + self.spare_usd

    @property
    def items(self) -> tuple[Line, ...]:
        """What `cost_usd` is for, item by item."""
        return merged((*self.lines, Line(Item.RETRIES, 0, 0, self.retry_usd)))

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
            "expected_usd": float(self.cost_usd),
            "at_most_usd": float(self.most_usd),
            "items": [line.plain() for line in self.items],
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
    lines = (
        line
        for execution in executions
        for line in execution_lines(
            execution,
            prices=snapshot.prices,
            shots=execution.shots,
            usd=execution.cost_usd,
        )
    )
    return _quote(
        snapshot,
        tasks=len(executions),
        shots=sum(execution.shots for execution in executions),
        lines=merged(lines),
        unpacked_tasks=sum(tasks_of(each, limits=snapshot.limits) for each in shots.values()),
    )


def quote_circuits(
    count: int, *, shots: int, snapshot: DeviceSnapshot, noisier: int = 0, readout: bool = False
) -> Quote:
    """Return what `plan_circuits` buys for `count` circuits of `shots` each, without planning it.

    The last `noisier` of the circuits are for mitigation, or all learn the `readout`.

    Raises:
        BadInput: fewer shots than the device takes.
    """
    copies, each = equal_parts(shots, snapshot)
    held = room(each, limits=snapshot.limits)
    tasks, plain_tasks = (-(-n * copies // held) for n in (count, count - noisier))
    lines = (
        *_lines(snapshot, tasks=plain_tasks, shots=(count - noisier) * copies * each),
        *_lines(
            snapshot, tasks=tasks - plain_tasks, shots=noisier * copies * each, mitigating=True
        ),
    )
    if readout:
        lines = tuple(replace(line, item=Item.READOUT) for line in lines)
    return _quote(
        snapshot,
        tasks=tasks,
        shots=count * copies * each,
        lines=merged(lines),
        unpacked_tasks=count * tasks_of(copies * each, limits=snapshot.limits),
    )


def _lines(
    snapshot: DeviceSnapshot, *, tasks: int, shots: int, mitigating: bool = False
) -> Iterator[Line]:
    usd = price(snapshot.prices, tasks=tasks, shots=shots)
    return circuit_lines(snapshot.prices, tasks=tasks, shots=shots, usd=usd, mitigating=mitigating)


def _quote(
    snapshot: DeviceSnapshot,
    *,
    tasks: int,
    shots: int,
    lines: tuple[Line, ...],
    unpacked_tasks: int,
) -> Quote:
    fee = snapshot.prices.usd_per_task
    if snapshot.limits.program_set_executables is None:
        unpacked_tasks = tasks  # nothing is packed
    return Quote(
        tasks,
        shots,
        tasks * fee,
        sum((line.usd for line in lines), Decimal(0)),
        unpacked_tasks,
        unpacked_tasks * fee,
        lines,
        again_usd=price(snapshot.prices, tasks=tasks, shots=0),
    )
