"""How a sandbox behaves, where that is not a matter of the device."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the state is, and how the queues move.

    `service_s` is how long a device works on a task, `backlog` how many tasks of others wait
    before the first of ours. With `keep_windows` devices work in their execution windows only.
    `seed` decides every outcome, task id and fault.
    """

    folder: Path
    seed: int = 1
    service_s: float = 0.2
    backlog: int = 0
    enforce_quotas: bool = False
    keep_windows: bool = False
