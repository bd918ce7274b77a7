"""What money is for: the items of a quote, and of the bill that follows it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any, Final

from datasets.records.devices import Prices
from datasets.records.executions import Execution
from tasks.core.mitigation import readout

_MICRO_USD: Final = Decimal("0.000001")
_NOISIER: Final = "zne:"  # how variants with more noise begin, see zne.variant


class Item(StrEnum):
    """What is paid for; every task, shot and cent belongs to one."""

    FEES = "task_fees"
    SHOTS = "shots"
    MINUTES = "simulator_minutes"  # at least the minimum a task
    MITIGATION = "mitigation"  # circuits with more noise, and tasks that hold no others
    READOUT = "readout_calibration"
    RETRIES = "expected_retries"  # what did not come back, bought again


@dataclass(frozen=True, slots=True)
class Line:
    """What one item comes to."""

    item: Item
    tasks: int
    shots: int
    usd: Decimal

    def times(self, count: int) -> "Line":
        """Return the line when this is bought `count` times."""
        return Line(self.item, self.tasks * count, self.shots * count, self.usd * count)

    def plain(self) -> dict[str, Any]:
        """Return the line as JSON types; money is a number."""
        return {
            "item": self.item.value,
            "tasks": self.tasks,
            "shots": self.shots,
            "usd": float(self.usd),
        }


def merged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return one line an item, in the order of the items; none that says nothing."""
    found: dict[Item, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.item].append(line)
    sums = (_sum(item, found[item]) for item in Item if item in found)
    return tuple(line for line in sums if line.tasks or line.shots or line.usd)


def circuit_lines(
    prices: Prices, *, tasks: int, shots: int, usd: Decimal, mitigating: bool = False
) -> Iterator[Line]:
    """Yield what tasks come to whose circuits are all of one kind."""
    if mitigating:
        yield Line(Item.MITIGATION, tasks, shots, usd)
    elif prices.usd_per_minute:
        yield Line(Item.MINUTES, tasks, shots, usd)
    else:
        fee_usd = min(usd, tasks * prices.usd_per_task)
        yield Line(Item.FEES, tasks, 0, fee_usd)
        yield Line(Item.SHOTS, 0, shots, usd - fee_usd)


def execution_lines(
    execution: Execution, *, prices: Prices, shots: int, usd: Decimal
) -> Iterator[Line]:
    """Yield what an execution comes to that brings `shots` for `usd`.

    In a task of several kinds of circuits each pays for its share of the shots, and the fee is not
    mitigation's.
    """
    if execution.parent_id is not None:
        yield Line(Item.RETRIES, 1, shots, usd)
        return
    copies = sum(executable.copies for executable in execution.executables)
    noisier = sum(e.copies for e in execution.executables if e.variant.startswith(_NOISIER))
    if all(executable.variant in readout.VARIANTS for executable in execution.executables):
        yield Line(Item.READOUT, 1, shots, usd)
    elif noisier in {0, copies}:
        yield from circuit_lines(prices, tasks=1, shots=shots, usd=usd, mitigating=bool(noisier))
    else:
        fee_usd = min(usd, prices.usd_per_task)
        part_usd = ((usd - fee_usd) * noisier / copies).quantize(_MICRO_USD, ROUND_HALF_UP)
        part = shots * noisier // copies
        yield Line(Item.MITIGATION, 0, part, part_usd)
        yield from circuit_lines(prices, tasks=1, shots=shots - part, usd=usd - part_usd)


def _sum(item: Item, lines: Iterable[Line]) -> Line:
    every = list(lines)
    usd = sum((line.usd for line in every), Decimal(0))
    return Line(item, sum(line.tasks for line in every), sum(line.shots for line in every), usd)
