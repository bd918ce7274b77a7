"""Fixtures that any test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.journals import KINDS, Places, places_of

# No deadlines: a first import on a busy machine takes longer than any law.
settings.register_profile("save", deadline=None, max_examples=20)
# The same examples each time, so that a change is judged by itself; people's runs look further.
settings.register_profile("ci", deadline=None, max_examples=20, derandomize=True, database=None)
settings.register_profile("thorough", deadline=None, max_examples=400)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "save"))

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


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
