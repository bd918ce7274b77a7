"""What a run's executions go through: the journal, the target, and the device as the run saw it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Counts, Execution, RunId
from tasks.backends.protocol import Backend
from tasks.core.planning.packing import price
from tasks.errors import RunCancelled

if TYPE_CHECKING:
    from datasets.journal.journal import Journal

MAX_REMAINDERS: Final = 3


def _nobody_else() -> None:
    """Leave out the check of a run that is only ever worked on here."""


def _nothing(execution: Execution) -> tuple[Counts, ...]:
    """Stand in for a lake where there is none."""
    del execution
    return ()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One run's way to its target.

    `remainders` is how often what is missing of what was missing is bought again. `mixing` allows
    one result from several calibrations; without `buying` what is missing stays missing, as it was
    when somebody first looked at what came back. `check_claim` raises when another process has
    taken the run. `cap_usd` is what the run may spend in all. `landed` reads the counts of an
    execution from the lake.
    """

    run_id: RunId
    journal: "Journal"
    backend: Backend
    snapshot: DeviceSnapshot
    mixing: bool = False
    buying: bool = True
    remainders: int = MAX_REMAINDERS
    check_claim: Callable[[], None] = _nobody_else
    cap_usd: Decimal | None = None
    landed: Callable[[Execution], tuple[Counts, ...]] = _nothing

    def check_wanted(self) -> None:
        """Go on, unless somebody has asked for the run to be cancelled, or works on it instead.

        Raises:
            RunCancelled: so it is.
            BadInput: another process has taken it.
        """
        self.check_claim()
        if not self.journal.is_wanted(self.run_id):
            raise RunCancelled(self.run_id)

    def most_usd(self, execution: Execution) -> Decimal:
        """Return the most that an execution and its remainders may cost: its quote."""
        again_usd = price(self.snapshot.prices, tasks=1, shots=0)
        return execution.cost_usd + self.remainders * again_usd

    def left_usd(self, most_usd: Decimal) -> Decimal:
        """Return how much of an amount the run may still spend."""
        if self.cap_usd is None:
            return most_usd
        return min(most_usd, self.cap_usd - self.journal.committed_usd(self.run_id))
