"""Cases of an end-to-end test of which `make test` has a few, and `make test-long` all others."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import pytest


def sampled(cases: Iterable[Any], *, always: Collection[Any]) -> Iterator[Any]:
    """Give the cases, tuples or single values, with a mark on those that are not `always` run."""
    for case in cases:
        if case in always:
            yield case
        else:
            values = case if isinstance(case, tuple) else (case,)
            yield pytest.param(*values, marks=pytest.mark.long)
