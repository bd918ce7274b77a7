"""How many calls a second: token buckets, and peaks of what was seen."""

import time
from collections import deque
from collections.abc import Callable
from threading import Lock

_SECOND = 1.0


class Bucket:
    """Lets `rate` calls a second through, and up to `capacity` at once."""

    def __init__(
        self, *, rate: float, capacity: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._capacity, self._clock = rate, capacity, clock
        self._tokens, self._at = capacity, clock()

    def take(self) -> bool:
        """Return whether one more call may pass, and count it if so."""
        now = self._clock()
        self._tokens = min(self._capacity, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class CallCounts:
    """Calls by operation: how many, the most in any second, how many were throttled."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._totals: dict[str, dict[str, int]] = {}
        self._recent: dict[str, deque[float]] = {}

    def count(self, operation: str) -> None:
        """Take note of a call."""
        now = self._clock()
        with self._lock:
            found = self._of(operation)
            recent = self._recent[operation]
            recent.append(now)
            while recent[0] <= now - _SECOND:
                recent.popleft()
            found["total"] += 1
            found["peak_per_second"] = max(found["peak_per_second"], len(recent))

    def throttled(self, operation: str) -> None:
        """Take note that a call was throttled."""
        with self._lock:
            self._of(operation)["throttled"] += 1

    def listed(self) -> dict[str, dict[str, int]]:
        """Return the counts by operation."""
        with self._lock:
            return {name: dict(found) for name, found in sorted(self._totals.items())}

    def _of(self, operation: str) -> dict[str, int]:
        self._recent.setdefault(operation, deque())
        return self._totals.setdefault(
            operation, {"total": 0, "peak_per_second": 0, "throttled": 0}
        )
