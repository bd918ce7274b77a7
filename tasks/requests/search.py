"""What a variational run can be asked for: where it looks for its optimum, and how well."""

from typing import Annotated, Literal

from pydantic import Field

from tasks.requests.run import MAX_SHOTS, MITIGATIONS, OPTIMIZERS, RunRequest

Target = Annotated[
    str,
    Field(
        description="Where to run: a simulator, or a device emulated from its calibration.",
        examples=["emulator:garnet", "emulator:garnet@2025-07-06", "local:sv"],
    ),
]
Optimizer = Annotated[
    str,
    Field(
        description="Who chooses the next point.",
        examples=["spsa"],
        json_schema_extra={"enum": OPTIMIZERS},
    ),
]
Iterations = Annotated[
    int, Field(ge=1, le=10_000, description="At most this many steps of the optimiser.")
]
Mitigate = Annotated[
    str,
    Field(
        description="Error mitigation of the final estimate; iterations use readout at most.",
        examples=["readout,zne"],
        json_schema_extra={"enum": MITIGATIONS},
    ),
]
Shots = Annotated[
    int, Field(ge=1, le=MAX_SHOTS, description="Shots for each energy that an iteration needs.")
]
FinalShots = Annotated[
    int,
    Field(ge=1, le=MAX_SHOTS, description="Shots for the final estimate, over all noise scales."),
]


class VqeRequest(RunRequest):
    """A variational search for the ground state energy of a problem."""

    problem: Annotated[
        str,
        Field(
            description="A molecule by name, h2 at any length in angstrom, or a JSON file.",
            examples=["h2", "h2@0.9", "lih", "molecule.json"],
        ),
    ] = "h2"
    target: Target = "emulator:garnet"
    ansatz: Annotated[
        Literal["uccsd", "hea"],
        Field(description="uccsd: unitary coupled cluster; hea: hardware-efficient layers."),
    ] = "uccsd"
    layers: Annotated[int, Field(ge=1, le=20, description="How often the ansatz is repeated.")] = 1
    optimizer: Optimizer = "spsa"
    iterations: Iterations = 25
    mitigate: Mitigate = "readout,zne"
    shots: Shots = 1000
    final_shots: FinalShots = 100_000


class QaoaRequest(RunRequest):
    """A search for the maximum cut of a graph, by the approximate optimisation algorithm."""

    graph: Annotated[
        str,
        Field(
            min_length=1,
            description="A graph by name, a random one with @SEED, or a JSON or CSV file of edges.",
            examples=["ring:8", "regular:3:10@7", "gnp:10:0.5@3", "complete:5", "graph.csv"],
        ),
    ] = "ring:8"
    target: Target = "emulator:garnet"
    layers: Annotated[
        int,
        Field(ge=1, le=20, description="How often phases and mixers alternate; 2 angles a layer."),
    ] = 1
    optimizer: Annotated[
        Optimizer,
        Field(
            description="Who chooses the next point; rotosolve, l-bfgs-b and slsqp need weights "
            "that are whole numbers.",
        ),
    ] = "spsa"
    iterations: Iterations = 25
    mitigate: Mitigate = "readout"
    shots: Shots = 1000
    final_shots: FinalShots = 10_000


SearchRequest = VqeRequest | QaoaRequest
