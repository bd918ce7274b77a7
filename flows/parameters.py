"""What a flow can be asked for: the form in the Prefect UI, and the check before anything runs."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from datasets.records.runs import named
from flows.forms import as_form, titled
from flows.names import EXAMPLE_RUN, BlockName, RunIdText, TenantName
from tasks.core.shortening import shortened
from tasks.lifecycle.sweep_inputs import circuit_text, is_path

MAX_SHOTS = 100_000_000
MAX_TARGETS = 16
MAX_RETRIES = 3
MAX_USD = 100_000_000
_NUMBER = {"anyOf": [{"type": "number", "minimum": 0, "maximum": MAX_USD}, {"type": "null"}]}
EXAMPLE = """OPENQASM 3.0;
qubit[2] q;
h q[0];
cnot q[0], q[1];
"""


# What forms offer; the check, which the command line shares, says why not others.
OPTIMIZERS = ["spsa", "rotosolve", "cobyla", "cobyqa", "nelder-mead", "powell", "l-bfgs-b", "slsqp"]
MITIGATIONS = ["none", "readout", "zne", "readout,zne"]


def _as_number(usd: Decimal | None) -> float | None:
    """Return an amount as the number of JSON that stands for it exactly: it has 15 digits."""
    return None if usd is None else float(usd)


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


RunToResume = Annotated[RunIdText | None, Field(title="Run to go on with", examples=[EXAMPLE_RUN])]


class RunParameters(BaseModel):
    """What every run may be asked for, whatever it measures."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        field_title_generator=lambda name, _: titled(name),
        json_schema_extra=as_form,
    )

    tenant: Annotated[
        TenantName,
        Field(
            description="Who pays; a tenant block of that name adds its tags.",
        ),
    ] = "default"
    policy: Annotated[
        BlockName,
        Field(
            description="A policy block, for what is left at its default here; empty: `default`.",
            examples=["published"],
        ),
    ] = ""
    account: Annotated[
        BlockName,
        Field(
            description="The Braket account block that buys; empty: `default`.",
            examples=["chemistry"],
        ),
    ] = ""
    readout_shots: Annotated[
        int, Field(ge=1, le=MAX_SHOTS, description="Shots for each readout calibration circuit.")
    ] = 8000
    max_readout_age_h: Annotated[
        float,
        Field(
            ge=0,
            le=8760,
            description="Hours; a canary's readout calibration is used up to this age. 0: measure.",
        ),
    ] = 1.0
    seed: Annotated[
        int, Field(ge=0, le=2**53, description="Same seed, same result, bit for bit.")
    ] = 1
    reservation: Annotated[
        str,
        Field(
            description="The ARN of a Braket Direct reservation, which then pays for the tasks.",
            examples=["arn:aws:braket:eu-north-1:123456789012:reservation/0a1b2c3d"],
        ),
    ] = ""
    debias: Annotated[bool, Field(description="IonQ's own error mitigation.")] = False
    device_parameters: Annotated[
        dict[str, Any],
        Field(description="Laid over the device parameters of every task; IonQ's devices only."),
    ] = {}
    tags: Annotated[
        dict[str, str], Field(description="Tags of every quantum task, such as a cost centre.")
    ] = {}
    mix_calibrations: Annotated[
        bool,
        Field(description="Merge counts measured before and after the device was recalibrated."),
    ] = False
    retries: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_RETRIES,
            description="How often circuits and shots that did not come back are bought again.",
        ),
    ] = MAX_RETRIES
    max_calibration_age_h: Annotated[
        float | None,
        Field(gt=0, le=87_600, description="Nothing is bought on an older calibration."),
    ] = None
    max_usd: Annotated[
        Decimal | None,
        Field(
            ge=0,
            le=MAX_USD,
            decimal_places=6,
            allow_inf_nan=False,
            description="The run is refused if it may cost more, and never spends more.",
            examples=[25],
        ),
        PlainSerializer(_as_number, return_type=float | None),
        WithJsonSchema(_NUMBER),
    ] = None


class SweepParameters(RunParameters):
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
    ] = []
    observables: Annotated[
        list[str],
        Field(
            description="What to estimate; nothing asks for Z of each measured qubit.",
            examples=[["Z0*Z1"], ["0.5*X0*X1 - 1.2*Z0", "h2"]],
        ),
    ] = []
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
        int, Field(ge=1, le=10_000_000, description="Shots of each circuit at each point.")
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


class CanaryParameters(RunParameters):
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
