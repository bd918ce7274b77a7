"""Names in forms: each has a shape, which the form shows and the flow checks before it begins."""

from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from datasets.records import names
from tasks.errors import BadInput

EXAMPLE_RUN: Final = "0b9d0f5e-6a3e-4e0f-9a55-0d4c5f6f8a11"
_RUN_PATTERN: Final = f"^({names.RUN_ID.pattern})$"


def _checked(check: Callable[[str], str]) -> AfterValidator:
    """Return a check of ours as pydantic wants it: with a ValueError for a refusal."""

    def checking(text: str) -> str:
        try:
            return check(text)
        except BadInput as fault:
            raise ValueError(str(fault)) from fault

    return AfterValidator(checking)


def _tenant(text: str) -> str:
    return names.label(text, what="tenant")


def _block(text: str) -> str:
    """Check the name of a block; an empty field names none."""
    return names.label(text, what="block") if text else text


RunIdText = Annotated[
    str, _checked(names.run_id), Field(json_schema_extra={"pattern": _RUN_PATTERN})
]
TenantName = Annotated[
    str,
    _checked(_tenant),
    Field(json_schema_extra={"minLength": 1, "maxLength": names.LABEL_LENGTH}),
]
BlockName = Annotated[
    str, _checked(_block), Field(json_schema_extra={"maxLength": names.LABEL_LENGTH})
]
