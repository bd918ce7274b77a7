"""Pack executables into as few paid tasks as the device allows, and price them."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

from datasets.records.devices import Limits, Prices
from tasks.errors import BadInput

_MICRO_USD = Decimal("0.000001")  # the precision of every amount in the journal and the lake
_SECONDS_PER_MINUTE = 60


def pack(shots: Sequence[int], *, limits: Limits, device: str = "this target") -> tuple[range, ...]:
    """Cut executables into tasks, in order; each range holds the positions of one task's.

    `shots[i]` belongs to executable i. A task is a program set of executables with equal shots, or
    one executable where sets are not offered. Taking as many as fit each time gives the fewest
    tasks that an unchanged order allows.

    Raises:
        BadInput: an executable has more or fewer shots than the device takes.
    """
    for each in set(shots):
        _check(each, limits=limits, device=device)
    chunks: list[range] = []
    start = 0
    while start < len(shots):
        stop = min(start + room(shots[start], limits=limits), len(shots))
        same = next((i for i in range(start, stop) if shots[i] != shots[start]), stop)
        chunks.append(range(start, same))
        start = same
    return tuple(chunks)


def level(shots: Sequence[int], *, limits: Limits, prices: Prices) -> tuple[int, ...]:
    """Raise numbers of shots to common levels where that is cheaper than another task.

    The executables of a task have equal shots, so unequal ones would need a task each. Sorted,
    those that share a task are neighbours, and the cheapest cut into neighbours is found exactly.
    """
    falling = sorted(range(len(shots)), key=lambda i: -shots[i])
    best: list[tuple[Decimal, int]] = [
        (Decimal(0), 0)
    ]  # cost of the first n, where their last cut is
    for stop in range(1, len(falling) + 1):
        costs = (
            (
                best[start][0] + _level_usd(shots[falling[start]], stop - start, limits, prices),
                start,
            )
            for start in range(stop)
        )
        best.append(min(costs))
    raised, stop = list(shots), len(falling)
    while stop:
        start = best[stop][1]
        for i in falling[start:stop]:
            raised[i] = shots[falling[start]]
        stop = start
    return tuple(raised)


def _level_usd(each: int, count: int, limits: Limits, prices: Prices) -> Decimal:
    """Return what `count` executables of `each` shots cost."""
    tasks = -(-count // room(each, limits=limits))
    return price(prices, tasks=tasks, shots=each * count)


def price(prices: Prices, *, tasks: int, shots: int, task_s: float = 0.0) -> Decimal:
    """Return USD for `tasks` tasks with `shots` in all, rounded up to a millionth.

    `task_s` is the estimated running time of one task, for targets billed by the minute.
    """
    billed_s = max(Decimal(prices.minimum_s), Decimal(str(task_s)))
    by_time = tasks * billed_s * prices.usd_per_minute / _SECONDS_PER_MINUTE
    total = tasks * prices.usd_per_task + shots * prices.usd_per_shot + by_time
    return total.quantize(_MICRO_USD, rounding=ROUND_CEILING)


def room(shots: int, *, limits: Limits) -> int:
    """Return how many executables of `shots` one task holds, at least one."""
    if limits.program_set_executables is None:
        return 1
    if limits.program_set_shots is None:
        return limits.program_set_executables
    return max(1, min(limits.program_set_executables, limits.program_set_shots // max(shots, 1)))


def tasks_of(shots: int, *, limits: Limits) -> int:
    """Return how many tasks of one circuit hold `shots`."""
    return -(-shots // max(limits.shots_max, 1))


def _check(shots: int, *, limits: Limits, device: str) -> None:
    if not limits.shots_min <= shots <= limits.shots_max:
        message = (
            f"{device} takes {limits.shots_min} to {limits.shots_max} shots for a circuit; "
            f"got {shots}. Choose a number in that range."
        )
        raise BadInput(message)
