"""What a canary run can be asked for."""

from typing import Annotated

from pydantic import Field

from tasks.requests.run import MAX_SHOTS, RunRequest


class CanaryRequest(RunRequest):
    """Circuits of which it is known what comes out, on one device."""

    target: Annotated[
        str,
        Field(
            description="The device to check: emulated, or one of an AWS account.",
            examples=["emulator:garnet", "emulator:emerald"],
        ),
    ] = "emulator:garnet"
    qubits: Annotated[
        int, Field(ge=2, le=12, description="Qubits of the GHZ state and the mirror circuits.")
    ] = 5
    mirrors: Annotated[int, Field(ge=0, le=100, description="How many mirror circuits.")] = 4
    layers: Annotated[
        int, Field(ge=0, le=100, description="Layers of a mirror circuit, each way.")
    ] = 4
    shots: Annotated[
        int, Field(ge=1, le=MAX_SHOTS, description="Shots of the GHZ and each mirror circuit.")
    ] = 1000
    tolerance: Annotated[
        float,
        Field(
            ge=0,
            le=10,
            description="Share of failures that are allowed beyond what the calibration predicts.",
        ),
    ] = 0.1
