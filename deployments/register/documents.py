"""Block types, and the documents that are read where nobody names one."""

from typing import Final

from prefect.blocks.core import Block
from prefect.client.orchestration import PrefectClient
from prefect.exceptions import ObjectNotFound

import blocks
from deployments.register.changes import Change, made

KINDS: Final[tuple[type[Block], ...]] = tuple(getattr(blocks, name) for name in blocks.__all__)
DEFAULT: Final = "default"


async def register_blocks(*, client: PrefectClient) -> list[Change]:
    """Register every block type, and an empty document `default` of each; what is there stays."""
    types = [await _type(kind, client=client) for kind in KINDS]
    return types + [await _document(kind, client=client) for kind in KINDS]


async def _type(kind: type[Block], *, client: PrefectClient) -> Change:
    slug = kind.get_block_type_slug()
    try:
        found = await client.read_block_type_by_slug(slug)
        there, pictured = True, found.logo_url is not None  # by an earlier release, from elsewhere
    except ObjectNotFound:
        there = pictured = False
    try:
        await client.read_block_schema_by_checksum(kind._calculate_schema_checksum())  # noqa: SLF001 - Prefect has no public way to ask
        equal = there and not pictured
    except ObjectNotFound:
        equal = False
    if not equal:
        await kind.aregister_type_and_schema(client=client)
    return made("block type", slug, there=there, equal=equal)


async def _document(kind: type[Block], *, client: PrefectClient) -> Change:
    slug = kind.get_block_type_slug()
    try:
        await client.read_block_document_by_name(DEFAULT, slug)
        there = True
    except ObjectNotFound:
        there = False
        await kind().asave(DEFAULT, client=client)
    return made("block", f"{slug}/{DEFAULT}", there=there, equal=there)
