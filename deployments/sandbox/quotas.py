"""Braket's quotas for an account in a region.

Figures: docs.aws.amazon.com/braket/latest/developerguide/braket-quotas.html, read 2026-11-22.
"""

from threading import Lock

from deployments.sandbox.rates import Bucket

# Calls a second: steady, and how many more in a burst.
RATES = {
    "API requests": (140, 600),
    "CreateQuantumTask": (20, 40),
    "SearchQuantumTasks": (5, 50),
    "GetQuantumTask": (100, 500),
    "CancelQuantumTask": (2, 20),
    "GetDevice": (5, 50),
    "SearchDevices": (5, 50),
}
ALL = "API requests"
# Tasks of a simulator that may wait or run at the same time, by region.
CONCURRENT = {"us-east-1": 100, "us-west-1": 50, "us-west-2": 100, "eu-west-2": 50}
CONCURRENT_ELSEWHERE = 50


class Quotas:
    """The rate of each operation in each region; safe to share by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def allow(self, operation: str, *, region: str) -> bool:
        """Return whether one more call is within the quotas."""
        with self._lock:
            return all(self._bucket(name, region).take() for name in (operation, ALL))

    def _bucket(self, operation: str, region: str) -> Bucket:
        steady, burst = RATES.get(operation, RATES[ALL])
        found = self._buckets.get((operation, region))
        if found is None:
            found = Bucket(rate=steady, capacity=steady + burst)
            self._buckets[operation, region] = found
        return found
