"""The objective of a loop in words: a low energy, or a large cut.

Optimisers minimise. A cut is minus what they are given (`tasks.core.physics.cuts`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Goal:
    """A quantity by its name, and whether it is to be large; energies go without their name."""

    name: str = ""
    largest: bool = False

    def told(self, value: float, stderr: float) -> str:
        """Say what was measured of it, as an optimiser is given it."""
        if self.largest:
            return f"{self.name} {0.0 - value:.5f} ± {stderr:.5f}"
        return f"{value:+.5f} ± {stderr:.5f}"


ENERGY: Final = Goal()
GOALS: Final[Mapping[str, Goal]] = MappingProxyType({"qaoa": Goal("cut", largest=True)})


def goal_of(flow: str) -> Goal:
    """Return what a flow's loop looks for."""
    return GOALS.get(flow, ENERGY)
