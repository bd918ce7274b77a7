"""What every run can be asked for, whatever it measures."""

from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from tasks.requests.forms import as_form, titled
from tasks.requests.names import EXAMPLE_RUN, BlockName, RunIdText, TenantName

MAX_SHOTS: Final = 100_000_000  # of an energy, an estimate or a calibration
MAX_CIRCUIT_SHOTS: Final = 10_000_000  # of one circuit at one point, in one basis
MAX_RETRIES: Final = 3
MAX_USD: Final = 100_000_000
_NUMBER = {"anyOf": [{"type": "number", "minimum": 0, "maximum": MAX_USD}, {"type": "null"}]}


# What forms offer; the check, which the command line shares, says why not others.
OPTIMIZERS = ["spsa", "rotosolve", "cobyla", "cobyqa", "nelder-mead", "powell", "l-bfgs-b", "slsqp"]
MITIGATIONS = ["none", "readout", "zne", "readout,zne"]


def _as_number(usd: Decimal | None) -> float | None:
    """Return an amount as the number of JSON that stands for it exactly: it has 15 digits."""
    return None if usd is None else float(usd)


RunToResume = Annotated[RunIdText | None, Field(title="Run to go on with", examples=[EXAMPLE_RUN])]


class RunRequest(BaseModel):
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
    target: Annotated[str | list[str], Field(description="Where to run.")] = "local:sv"
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
