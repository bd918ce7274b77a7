"""Ask again, later and later, while that can help; and never faster than the quotas allow."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np

from tasks.errors import Transient

Answer = TypeVar("Answer")
# Steady calls a second for an account and region: docs.aws.amazon.com/braket, Quotas.
QUOTAS: Final[Mapping[str, float]] = {
    "CreateQuantumTask": 20,
    "SearchQuantumTasks": 5,
    "GetQuantumTask": 100,
    "CancelQuantumTask": 2,
    "GetDevice": 5,
    "SearchDevices": 5,
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, and for how long in all, something is asked again; pauses double up to most_s."""

    attempts: int = 8
    total_s: float = 120.0
    first_s: float = 0.25
    most_s: float = 20.0


BRISK: Final = Patience(attempts=3, total_s=10.0)


@dataclass(slots=True)
class Clock:
    """Time, pauses and dice, so that tests need not wait."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    rng: np.random.Generator = field(default_factory=np.random.default_rng)

    def pause(self, seconds: float) -> None:
        """Wait for about so long: callers that began together do not stay together."""
        self.sleep(seconds * float(self.rng.uniform(0.75, 1.25)))


def patiently(ask: Callable[[], Answer], *, patience: Patience, clock: Clock) -> Answer:
    """Return the first answer that is no transient fault.

    Raises:
        Transient: attempts or time have run out.
    """
    began, pause_s = clock.now(), patience.first_s
    for attempt in range(1, patience.attempts + 1):
        try:
            return ask()
        except Transient:
            late = clock.now() - began + pause_s > patience.total_s
            if attempt == patience.attempts or late:
                raise
        clock.pause(pause_s)
        pause_s = min(2 * pause_s, patience.most_s)
    message = f"{patience.attempts} attempts are none. Allow at least one."
    raise ValueError(message)


class Pace:
    """Keeps the calls of each operation apart, over all threads."""

    def __init__(self, quotas: Mapping[str, float], *, clock: Clock) -> None:
        self._quotas, self._clock = quotas, clock
        self._next: dict[str, float] = {}
        self._lock = threading.Lock()

    def keep(self, operation: str) -> None:
        """Wait until the operation may be called."""
        rate = self._quotas.get(operation)
        if rate is None:
            return
        with self._lock:
            now = self._clock.now()
            due = max(now, self._next.get(operation, now))
            self._next[operation] = due + 1 / rate
        if due > now:
            self._clock.sleep(due - now)
