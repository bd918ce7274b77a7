"""Analogue programs, which the engine's simulators leave to Braket's simulator of neutral atoms."""

from typing import Any

from braket.default_simulator.simulator import BaseLocalSimulator
from braket.device_schema import DeviceActionType
from braket.ir.ahs import Program as AnalogueProgram

from tasks.backends.engine.falling_back import warn


class TakesAnalogue(BaseLocalSimulator):  # type: ignore[misc]  # an untyped library's
    """A simulator of circuits that passes analogue programs on, with a warning."""

    @property
    def properties(self) -> Any:
        """What the simulator of circuits can do, and analogue programs."""
        found = super().properties
        action = {**found.action, DeviceActionType.AHS: {}}
        return found.copy(update={"action": action})

    def run(self, program: Any, *args: Any, **rest: Any) -> Any:
        """Run a program of either kind."""
        if not isinstance(program, AnalogueProgram):
            return super().run(program, *args, **rest)
        from braket.analog_hamiltonian_simulator.rydberg.rydberg_simulator import (
            RydbergAtomSimulator,
        )

        warn(self.DEVICE_ID, "it is an analogue program")
        return RydbergAtomSimulator().run(program, *args, **rest)
