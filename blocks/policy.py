"""How runs measure: shots, retries, freshness, mitigation, and what they may cost."""

from collections.abc import Mapping
from typing import Any, ClassVar

from prefect.blocks.core import Block
from pydantic import Field

from blocks.pictures import ABOUT_BLOCKS


class Policy(Block):
    """How runs measure where their parameters leave it open.

    A run names a policy; without a name it is the document `default`. What is set here replaces a
    parameter's default; a parameter that was given another value stays as it was given.

    Examples:
        Save a policy for results that are published, and name it in the form of a run:

        ```python
        from blocks import Policy

        Policy(shots=10_000, mitigate="readout,zne", max_calibration_age_h=12).save("published")
        policy = Policy.load("BLOCK_NAME")
        ```
    """

    _block_type_name: ClassVar[str | None] = "QRT policy"
    _block_type_slug: ClassVar[str | None] = "qrt-policy"
    _documentation_url: ClassVar[Any] = ABOUT_BLOCKS

    shots: int | None = Field(
        default=None,
        ge=1,
        le=10_000_000,
        title="Shots",
        description="Shots of each circuit, or of each energy in a loop.",
        examples=[4000],
    )
    final_shots: int | None = Field(
        default=None,
        ge=1,
        le=100_000_000,
        title="Final shots",
        description="Shots of a loop's final estimate, over all noise scales.",
        examples=[200_000],
    )
    readout_shots: int | None = Field(
        default=None,
        ge=1,
        le=100_000_000,
        title="Readout shots",
        description="Shots of each readout calibration circuit.",
        examples=[8000],
    )
    mitigate: str | None = Field(
        default=None,
        pattern=r"^(none|readout|zne|readout,zne)$",
        title="Mitigation",
        description="Error mitigation: none, readout, zne, or readout,zne.",
        examples=["readout"],
    )
    retries: int | None = Field(
        default=None,
        ge=0,
        le=3,
        title="Retries",
        description="How often what did not come back is bought again, alone.",
        examples=[1],
    )
    max_calibration_age_h: float | None = Field(
        default=None,
        gt=0,
        le=87_600,
        title="Freshness (hours)",
        description="Nothing is bought on a calibration that is older than this many hours.",
        examples=[12.0],
    )

    max_usd: float | None = Field(
        default=None,
        ge=0,
        le=100_000_000,
        title="Cap (USD)",
        description="A run that may cost more is refused, and none spends more.",
        examples=[25.0],
    )

    def chosen(self) -> Mapping[str, Any]:
        """Return what the policy says, by the name of the parameter that it is for."""
        return {
            name: value
            for name in type(self).model_fields
            if (value := getattr(self, name)) is not None
        }
