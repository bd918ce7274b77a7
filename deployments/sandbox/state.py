"""What the parts of a running sandbox share."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from datasets.files.writing import make_folder
from deployments.sandbox.devices import Devices
from deployments.sandbox.fault_book import FaultBook
from deployments.sandbox.quotas import CONCURRENT, CONCURRENT_ELSEWHERE, Quotas
from deployments.sandbox.rates import CallCounts
from deployments.sandbox.settings import Settings
from deployments.sandbox.tables import Store


@dataclass(frozen=True, slots=True)
class State:
    """The store, the devices, the faults and the counts; each safe to share by threads."""

    settings: Settings
    store: Store
    faults: FaultBook
    devices: Devices
    calls: CallCounts = field(default_factory=CallCounts)
    quotas: Quotas = field(default_factory=Quotas)
    wake: Event = field(default_factory=Event)
    clock: Callable[[], float] = time.time

    @classmethod
    def open(cls, settings: Settings) -> "State":
        """Return the state in the settings' folder, creating it when it is not there."""
        make_folder(settings.folder)
        faults = FaultBook(seed=settings.seed)
        return cls(settings, Store(settings.folder / "sandbox.db"), faults, Devices(faults))

    @staticmethod
    def concurrent(region: str) -> int:
        """Return how many tasks of a simulator may wait or run at a time."""
        return CONCURRENT.get(region, CONCURRENT_ELSEWHERE)
