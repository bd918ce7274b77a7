"""The journal: where work in flight and money are written down."""

from collections.abc import Mapping
from typing import Any, ClassVar

from prefect.blocks.core import Block
from pydantic import Field, SecretStr

from blocks.pictures import ABOUT_BLOCKS


class Journal(Block):
    """The journal that runs of this server's deployments write, where the worker names none.

    The document named `default` is read when a run begins. A worker whose environment has
    QRT_JOURNAL_URL uses that one.

    Examples:
        Have all runs write a journal on PostgreSQL:

        ```python
        from blocks import Journal

        Journal(url="postgresql://USER:PASSWORD@HOST/DATABASE").save("default", overwrite=True)
        journal = Journal.load("BLOCK_NAME")
        ```
    """

    _block_type_name: ClassVar[str | None] = "QRT journal"
    _block_type_slug: ClassVar[str | None] = "qrt-journal"
    _documentation_url: ClassVar[Any] = ABOUT_BLOCKS

    url: SecretStr = Field(
        default=SecretStr(""),
        title="URL",
        description="Of a PostgreSQL database; empty for a SQLite file in the home folder.",
        examples=["postgresql://USER:PASSWORD@HOST/DATABASE"],
    )

    def settings(self) -> Mapping[str, str]:
        """Return what this sets in the environment of a run; secrets in the clear."""
        url = self.url.get_secret_value()
        return {"QRT_JOURNAL_URL": url} if url else {}
