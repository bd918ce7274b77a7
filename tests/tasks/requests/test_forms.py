"""What a form shows beside its fields is what its fields take."""

from collections.abc import Iterator
from typing import Any

import pytest

from deployments.cli.flows_by_name import FLOWS


def texts(example: Any) -> Iterator[str]:
    for one in example if isinstance(example, list) else [example]:
        yield str(one)


@pytest.mark.parametrize("flow", FLOWS)
def test_files_of_examples_are_looked_for_where_forms_may_name_files(flow: str) -> None:
    fields = FLOWS[flow].parameters.model_json_schema()["properties"]
    shown = [
        text
        for field in fields.values()
        for one in field.get("examples", ())
        for text in texts(one)
    ]
    assert shown
    assert not [text for text in shown if text.startswith(("/", "~"))]
