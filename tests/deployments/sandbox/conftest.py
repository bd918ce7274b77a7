"""Sandboxes for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox_calls import BUCKET, Caller

from deployments.sandbox.settings import Settings
from deployments.sandbox.state import State


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """Return an empty sandbox that no thread serves, with one bucket."""
    found = State.open(Settings(tmp_path, service_s=0.0))
    Caller(found).send("s3", "PUT", f"/{BUCKET}")
    yield found
    found.store.close()


@pytest.fixture
def caller(state: State) -> Caller:
    """Return a client in us-east-1."""
    return Caller(state)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark slow whatever here is not e2e: the sandbox is for development, not for runs."""
    for item in items:
        if Path(__file__).parent in item.path.parents and not item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.slow)
