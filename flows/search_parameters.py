"""What a variational run can be asked for: where it looks for its optimum, and how well."""

from typing import Annotated, Literal

from pydantic import Field

from flows.parameters import MAX_SHOTS, MITIGATIONS, OPTIMIZERS, RunParameters
from tasks.core.mitigation.composition import Mitigation
from tasks.lifecycle.experiment import Search


class VqeParameters(RunParameters):
    """A variational search for the ground state energy of a problem."""

    problem: Annotated[
        str,
        Field(
            description="A bundled problem, or a JSON file of Pauli terms.",
            examples=["h2", "h2@0.735", "lih", "./my-molecule.json"],
        ),
    ] = "h2"
    target: Annotated[
        str,
        Field(
            description="Where to run: a simulator, or a device emulated from its calibration.",
            examples=["emulator:garnet", "emulator:garnet@2025-07-06", "local:sv"],
        ),
    ] = "emulator:garnet"
    ansatz: Annotated[
        Literal["uccsd", "hea"],
        Field(description="uccsd: unitary coupled cluster; hea: hardware-efficient layers."),
    ] = "uccsd"
    layers: Annotated[int, Field(ge=1, le=20, description="How often the ansatz is repeated.")] = 1
    optimizer: Annotated[
        str,
        Field(
            description="Who chooses the next point.",
            examples=["spsa"],
            json_schema_extra={"enum": OPTIMIZERS},
        ),
    ] = "spsa"
    iterations: Annotated[
        int, Field(ge=1, le=10_000, description="At most this many steps of the optimiser.")
    ] = 25
    mitigate: Annotated[
        str,
        Field(
            description="Error mitigation of the final estimate; iterations use readout at most.",
            examples=["readout,zne"],
            json_schema_extra={"enum": MITIGATIONS},
        ),
    ] = "readout,zne"
    shots: Annotated[
        int, Field(ge=1, le=MAX_SHOTS, description="Shots for each energy that an iteration needs.")
    ] = 1000
    final_shots: Annotated[
        int,
        Field(
            ge=1, le=MAX_SHOTS, description="Shots for the final estimate, over all noise scales."
        ),
    ] = 100_000

    def search(self, start: tuple[float, ...]) -> Search:
        """Return how to look for the minimum, from where the ansatz starts."""
        return Search(
            optimizer=self.optimizer,
            start=start,
            iterations=self.iterations,
            mitigation=Mitigation.parse(self.mitigate),
            shots=self.shots,
            final_shots=self.final_shots,
            readout_shots=self.readout_shots,
        )
