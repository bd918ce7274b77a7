"""What a batch can be asked for."""

from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from tasks.core.text.shortening import shortened
from tasks.requests.circuits import EXAMPLE, circuit_text, is_path
from tasks.requests.run import MAX_CIRCUIT_SHOTS, RunRequest

MITIGATIONS: Final = ("none", "readout")  # of what the circuits have in common


def _texts(circuits: Any) -> Any:
    """Return circuits as text; what is no list is refused with the other parameters."""
    return [circuit_text(each) for each in circuits] if isinstance(circuits, list) else circuits


class BatchRequest(RunRequest):
    """Many different circuits, bought together."""

    circuits: Annotated[
        list[str],
        BeforeValidator(_texts),  # from Python braket.circuits.Circuit will do
        Field(
            description="Each a file with OpenQASM 2 or 3, its text, a folder or pattern of files, "
            "or a CSV list. They have no free parameters.",
            examples=[
                ["ghz.qasm", "qft.qasm"],
                ["circuits/*.qasm"],
                ["list.csv"],
            ],
        ),
    ] = [EXAMPLE]  # noqa: RUF012 - pydantic copies it
    observables: Annotated[
        list[str],
        Field(
            description="What to estimate of every circuit; nothing asks for Z of each measured "
            "qubit.",
            examples=[["Z0*Z1"], ["0.5*X0*X1 - 1.2*Z0"]],
        ),
    ] = []  # noqa: RUF012 - the same
    target: Annotated[
        str,
        Field(
            description="Where to run: a simulator, a device emulated from its calibration, or one "
            "of an AWS account.",
            examples=["local:sv", "emulator:garnet", "auto:balanced"],
        ),
    ] = "local:sv"
    shots: Annotated[
        int,
        Field(
            ge=1,
            le=MAX_CIRCUIT_SHOTS,
            description="Shots of each circuit in each measurement basis.",
        ),
    ] = 1000
    mitigate: Annotated[
        str,
        Field(
            description="Error mitigation of every estimate.",
            examples=["readout"],
            json_schema_extra={"enum": list(MITIGATIONS)},
        ),
    ] = "none"

    @property
    def called(self) -> str:
        """What a run is called where people choose among runs: what, and where."""
        named = (Path(each).name if is_path(each) else "circuit" for each in self.circuits)
        return f"{shortened(', '.join(named), 60)} on {shortened(self.target, 60)}"
