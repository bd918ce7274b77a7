"""The lake: where results are kept."""

from collections.abc import Mapping
from typing import Any, ClassVar

from prefect.blocks.core import Block
from pydantic import Field

from blocks.pictures import ABOUT_BLOCKS


class Lake(Block):
    """The folder that holds the lake, the reports, and what runs need on their machine.

    The document named `default` is read when a run begins. A worker whose environment has QRT_HOME,
    as that of `qrt up` has, uses that one.

    Examples:
        Have the runs of all workers keep their results in a folder that the machines share:

        ```python
        from blocks import Lake

        Lake(folder="/mnt/quantum-runtime").save("default", overwrite=True)
        lake = Lake.load("BLOCK_NAME")
        ```
    """

    _block_type_name: ClassVar[str | None] = "QRT lake"
    _block_type_slug: ClassVar[str | None] = "qrt-lake"
    _documentation_url: ClassVar[Any] = ABOUT_BLOCKS

    folder: str = Field(
        default="",
        title="Folder",
        description="An absolute path; empty for the home folder of whoever runs the worker.",
        pattern=r"^(/.*)?$",
        examples=["/mnt/quantum-runtime"],
    )
    uri: str = Field(
        default="",
        title="Bucket",
        description="Where the lake is, if not in the folder; empty for there.",
        pattern=r"^(s3://[^@]+)?$",
        examples=["s3://our-bucket/quantum-runtime"],
    )

    def settings(self) -> Mapping[str, str]:
        """Return what this sets in the environment of a run."""
        places = {"QRT_HOME": self.folder, "QRT_LAKE": self.uri}
        return {name: place for name, place in places.items() if place}
