"""The faults in force, and the dice that decide whom they strike; the same for the same seed."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock

from datasets.devices import register
from deployments.sandbox.fault_model import DEVICE_KINDS, Fault, Kind
from deployments.sandbox.rates import Bucket


@dataclass(frozen=True, slots=True)
class Subject:
    """What a fault may strike."""

    operation: str = ""
    device: str = ""
    access_key: str = ""


@dataclass(slots=True)
class _Entry:
    number: int
    fault: Fault
    since: float
    bucket: Bucket | None
    seen: int = 0
    struck: int = 0


class FaultBook:
    """Faults with how often each was met and struck; safe to share by threads."""

    def __init__(self, *, seed: int, clock: Callable[[], float] = time.time) -> None:
        self._seed = seed
        self._clock = clock
        self._lock = Lock()
        self._entries: list[_Entry] = []
        self._last = 0

    def add(self, faults: Iterable[Fault]) -> list[int]:
        """Put faults in force and return their numbers."""
        with self._lock:
            return [self._add(fault) for fault in faults]

    def clear(self, number: int | None = None) -> int:
        """End one fault, or all; return how many ended."""
        with self._lock:
            kept = [e for e in self._entries if number is not None and e.number != number]
            ended = len(self._entries) - len(kept)
            self._entries = kept
            return ended

    def listed(self) -> list[dict[str, object]]:
        """Return the faults in force with their counts."""
        with self._lock:
            return [
                {"id": e.number, "seen": e.seen, "struck": e.struck}
                | e.fault.model_dump(mode="json", exclude_defaults=True)
                for e in self._entries
            ]

    def strike(self, kinds: Iterable[Kind], subject: Subject) -> list[Fault]:
        """Return the faults of these kinds that strike the subject now, in the order of adding."""
        wanted = frozenset(kinds)
        with self._lock:
            found = [e for e in self._entries if e.fault.kind in wanted]
            return [e.fault for e in found if _covers(e.fault, subject) and self._strikes(e)]

    def standing(self, device: str) -> list[Fault]:
        """Return what holds for a device at the moment."""
        subject = Subject(device=device)
        with self._lock:
            return [
                e.fault
                for e in self._entries
                if e.fault.kind in DEVICE_KINDS
                and _covers(e.fault, subject)
                and e.seen >= e.fault.after
                and not self._over(e)
            ]

    def started(self, device: str) -> None:
        """Take note that a device has started a task."""
        with self._lock:
            for entry in self._entries:
                if entry.fault.kind in DEVICE_KINDS and _covers(
                    entry.fault, Subject(device=device)
                ):
                    entry.seen += 1

    def _add(self, fault: Fault) -> int:
        self._last += 1
        rate = fault.per_second
        bucket = Bucket(rate=rate, capacity=max(1.0, rate), clock=self._clock) if rate else None
        self._entries.append(_Entry(self._last, fault, self._clock(), bucket))
        return self._last

    def _over(self, entry: _Entry) -> bool:
        return entry.fault.for_s is not None and self._clock() - entry.since > entry.fault.for_s

    def _strikes(self, entry: _Entry) -> bool:
        fault = entry.fault
        entry.seen += 1
        if entry.seen <= fault.after or self._over(entry):
            return False
        if fault.next is not None and entry.struck >= fault.next:
            return False
        if entry.bucket is not None and entry.bucket.take():
            return False
        if fraction(self._seed, "fault", entry.number, entry.seen) >= fault.probability:
            return False
        entry.struck += 1
        return True


def fraction(*parts: object) -> float:
    """Return a number in [0, 1) that `parts` decide."""
    text = "\n".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64


def _covers(fault: Fault, subject: Subject) -> bool:
    return (
        fault.operation in {"", subject.operation}
        and fault.access_key in {"", subject.access_key}
        and (not fault.device or subject.device in _arns(fault.device))
    )


def _arns(device: str) -> tuple[str, ...]:
    known = register.by_name(device)
    return (device, known.arn) if known else (device,)
