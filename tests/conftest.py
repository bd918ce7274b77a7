"""Fixtures that any test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path
from unittest import TestCase

import pytest
from hypothesis import is_hypothesis_test, settings

from tests.journals import KINDS, Places, places_of

EXPLORING = os.environ.get("HYPOTHESIS_PROFILE") == "explore"
MORE = 10  # times the examples, where others are looked for

# The same examples everywhere and each time, so that a change is judged by itself. Others, and more
# of them, are looked for by `make explore`. No deadlines: a first import on a busy machine takes
# longer than any law.
settings.register_profile("same", deadline=None, max_examples=20, derandomize=True, database=None)
settings.register_profile("explore", deadline=None, max_examples=20, print_blob=True)
settings.load_profile("explore" if EXPLORING else "same")

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each law more examples where others are looked for, also those that say how many."""
    laws = {_law(item) for item in items if isinstance(item, pytest.Function) and EXPLORING}
    for law in laws - {None}:
        name = "settings" if isinstance(law, type) else "_hypothesis_internal_use_settings"
        usual = getattr(law, name, None) or settings()
        setattr(law, name, settings(usual, max_examples=MORE * usual.max_examples))


def _law(item: pytest.Function) -> object:
    """Return what holds the settings of a law: its function, or the case of a state machine."""
    if item.cls is not None and issubclass(item.cls, TestCase) and hasattr(item.cls, "settings"):
        return item.cls
    function = getattr(item.obj, "__func__", item.obj)
    return function if is_hypothesis_test(function) else None


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real inputs, which is not part of the project."""
    if not SHARED.is_dir():
        pytest.skip("the folder of real inputs (../shared/data) is not here")
    return SHARED


@pytest.fixture
def qrt_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home folder that this test alone uses, journal and all."""
    for name in ("QRT_JOURNAL_URL", "QRT_LAKE", "QRT_TASK_RUNNER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("QRT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module", params=KINDS)
def places(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Places]:
    """Return what gives out empty places for journals, on each kind of database."""
    with places_of(request.param, folder=tmp_path_factory.mktemp("journals")) as places:
        yield places
