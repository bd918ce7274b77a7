"""What a device is asked for beside the action: reservation, error mitigation, parameters, tags."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class DeviceOptions:
    """Options of every task of a run; plain JSON types.

    `reservation` is the ARN of a Braket Direct reservation, which pays for the tasks. `debias` is
    IonQ's error mitigation. `parameters` are laid over the device parameters of the request, `tags`
    stand beside the runtime's own.
    """

    reservation: str = ""
    debias: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def outcomes(self) -> Mapping[str, Any]:
        """What the device is to do to the outcomes; the rest says how they are bought."""
        asked = {"debias": self.debias, "parameters": self.parameters}
        return {name: value for name, value in asked.items() if value}

    @property
    def single_circuits(self) -> bool:
        """Whether tasks must hold one circuit: program sets take no device parameters."""
        return self.debias or bool(self.parameters)
