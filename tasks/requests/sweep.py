"""What a sweep can be asked for."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from datasets.records.runs import named
from tasks.core.text.shortening import shortened
from tasks.requests.circuits import EXAMPLE, circuit_text, is_path
from tasks.requests.run import MAX_CIRCUIT_SHOTS, MITIGATIONS, RunRequest

MAX_TARGETS: Final = 16


def _plainly(targets: str | list[str]) -> str | list[str]:
    """Return one target as itself, and several each once."""
    if isinstance(targets, str):
        return targets
    if not 0 < len(targets) <= MAX_TARGETS:
        message = f"{len(targets)} targets. Give 1 to {MAX_TARGETS}."
        raise ValueError(message)
    twice = next((each for each in targets if targets.count(each) > 1), None)
    if twice is not None:
        message = f"{twice} is given twice. Give each target once."
        raise ValueError(message)
    return targets[0] if len(targets) == 1 else targets


class SweepRequest(RunRequest):
    """A circuit's observables at many values of its parameters."""

    circuit: Annotated[
        str,
        BeforeValidator(circuit_text),  # from Python a braket.circuits.Circuit will do
        Field(
            min_length=1,
            description="A file with OpenQASM 2 or 3, or its text. Names in angles are parameters.",
            examples=["ansatz.qasm"],
        ),
    ] = EXAMPLE
    points: Annotated[
        list[str],
        Field(
            description="Where to measure: a grid, a list, a sample, or a CSV or Parquet file.",
            examples=[
                ["theta=0:2pi:100"],
                ["sobol 4096 theta=0:2pi phi=0:pi"],
                ["points.csv"],
            ],
        ),
    ] = []  # noqa: RUF012 - pydantic copies it
    observables: Annotated[
        list[str],
        Field(
            description="What to estimate; nothing asks for Z of each measured qubit.",
            examples=[["Z0*Z1"], ["0.5*X0*X1 - 1.2*Z0", "h2"]],
        ),
    ] = []  # noqa: RUF012 - pydantic copies it
    target: Annotated[
        str | list[str],
        AfterValidator(_plainly),
        Field(
            description="Where to run: a simulator, a device emulated from its calibration, or one "
            "of an AWS account; or several of them, to compare.",
            examples=["local:sv", "emulator:garnet", ["local:sv", "emulator:garnet"]],
        ),
    ] = "local:sv"
    shots: Annotated[
        int, Field(ge=1, le=MAX_CIRCUIT_SHOTS, description="Shots of each circuit at each point.")
    ] = 1000
    repetitions: Annotated[
        int, Field(ge=1, le=10_000, description="How often everything is measured anew.")
    ] = 1
    mitigate: Annotated[
        str,
        Field(
            description="Error mitigation of every estimate.",
            examples=["readout"],
            json_schema_extra={"enum": MITIGATIONS},
        ),
    ] = "none"

    @property
    def title(self) -> str:
        """What the circuit is called: as its file, or that there is none."""
        return self.circuit if is_path(self.circuit) else "circuit"

    @property
    def called(self) -> str:
        """What a run is called where people choose among runs: what, over what, and where."""
        over = f" over {shortened(', '.join(self.points), 60)}" if self.points else ""
        return f"{shortened(Path(self.title).name, 40)}{over} on {shortened(self.where, 60)}"

    @property
    def where(self) -> str:
        """What its targets are called."""
        return named(self.target)
