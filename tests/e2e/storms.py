"""The faults that can strike a run, alone and in pairs: how each is put in force and told."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

SEED = 20260505
STORMS = 200
LATE_S = 0.5
EXPIRED_AFTER, CREATED_AFTER = 2, 1  # the run has begun when these strike


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of docs/sandbox.md.

    `said` is what a run that ends because of it says, empty when it never does; `mends` whether
    the run can be completed once the fault is over.
    """

    name: str
    settings: dict[str, Any]
    said: str = ""
    mends: bool = True


CREATE = {"operation": "CreateQuantumTask", "after": CREATED_AFTER}
FAULTS = (
    Fault("throttle", {"kind": "throttle", "probability": 0.2}, "ThrottlingException"),
    Fault("internal", {"kind": "internal", "probability": 0.15}, "InternalServiceException"),
    Fault("slow", {"kind": "slow", "probability": 0.1, "delay_s": LATE_S}),
    Fault("drop before", {"kind": "drop", "probability": 0.1, "when": "before"}, "Connection"),
    Fault("drop after", {"kind": "drop", "probability": 0.1}, "Connection"),
    Fault(
        "expired",
        {"kind": "expired", "operation": "GetQuantumTask", "after": EXPIRED_AFTER},
        "Renew the credentials",
    ),
    Fault("denied", {"kind": "denied"} | CREATE, "AccessDeniedException"),
    Fault("queue_full", {"kind": "queue_full"} | CREATE, "ServiceQuotaExceededException"),
    Fault("offline", {"kind": "offline", "device": "garnet", "after": 1}, "offline"),
    Fault("retired", {"kind": "retired", "device": "garnet", "after": 1}, "retired"),
    Fault("recalibrated", {"kind": "recalibrated", "device": "garnet", "after": 1}),
    Fault("fail", {"kind": "fail", "reason": "The fridge is warm", "after": 1, "next": 1},
          "The fridge is warm", mends=False),
    Fault("partial", {"kind": "partial", "reason": "Cut off", "after": 1, "next": 1},
          "recalibrated"),
    Fault("lose_shots", {"kind": "lose_shots", "fraction": 0.3, "after": 1, "next": 1}),
    Fault("late", {"kind": "late", "delay_s": LATE_S}),
    Fault("shuffle", {"kind": "shuffle", "delay_s": LATE_S}),
    Fault("as_program_set", {"kind": "as_program_set"}),
    Fault("corrupt", {"kind": "corrupt", "after": 1, "next": 1}, "is not JSON", mends=False),
    Fault("missing", {"kind": "missing", "after": 1, "next": 1}, "is not there", mends=False),
)  # fmt: skip

Storm = tuple[Fault, ...]


def storms() -> list[Storm]:
    """Return each fault, then pairs in any order, with as many threes as make up the number."""
    rng = random.Random(SEED)  # noqa: S311 - which storms is no secret
    alone: list[Storm] = [(fault,) for fault in FAULTS]
    more: list[Storm] = list(combinations(FAULTS, 2))
    threes = STORMS - len(alone) - len(more)
    more += [tuple(rng.sample(FAULTS, 3)) for _ in range(threes)]
    rng.shuffle(more)
    return alone + more


def name_of(storm: Sequence[Fault]) -> str:
    """Return the storm's faults in words."""
    return " and ".join(fault.name for fault in storm)
