"""Fixtures that any test may ask for."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real inputs, which is not part of the project."""
    if not SHARED.is_dir():
        pytest.skip("the folder of real inputs (../shared/data) is not here")
    return SHARED


@pytest.fixture
def qrt_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home folder that this test alone uses."""
    monkeypatch.setenv("QRT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
