"""Who pays."""

from typing import Any, ClassVar

from prefect.blocks.core import Block
from pydantic import Field

from blocks.pictures import ABOUT_BLOCKS


class Tenant(Block):
    """A team that pays for runs; its document has the name that runs give as their tenant.

    Examples:
        Save a team, and name it in the form of a run:

        ```python
        from blocks import Tenant

        Tenant(contact="chemistry@example.com", tags={"cost-centre": "4711"}).save("chemistry")
        tenant = Tenant.load("BLOCK_NAME")
        ```
    """

    _block_type_name: ClassVar[str | None] = "QRT tenant"
    _block_type_slug: ClassVar[str | None] = "qrt-tenant"
    _documentation_url: ClassVar[Any] = ABOUT_BLOCKS

    contact: str = Field(
        default="",
        title="Contact",
        description="Whom to ask about the team's spending.",
        examples=["chemistry@example.com"],
    )
    tags: dict[str, str] = Field(
        default={},
        title="Tags",
        description="Tags of every quantum task that the team buys, such as a cost centre.",
        examples=[{"cost-centre": "4711"}],
    )
