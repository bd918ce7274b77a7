"""A lake that a newer release has written is refused, wherever it is opened."""

from pathlib import Path

import pytest

from datasets.lake import views
from datasets.lake.lake import Lake
from datasets.lake.release import refuse_newer
from datasets.lake.schema.schemas import SCHEMA_VERSIONS
from datasets.lake.stores import LocalStore
from tasks.errors import BadInput


@pytest.mark.parametrize("table", SCHEMA_VERSIONS)
@pytest.mark.parametrize("ahead", [1, 98])
def test_a_later_version_of_any_table_is_refused(table: str, ahead: int, tmp_path: Path) -> None:
    version = SCHEMA_VERSIONS[table] + ahead
    (tmp_path / table / f"v{version}").mkdir(parents=True)
    said = f"has `{table}` in version {version}; this release knows {SCHEMA_VERSIONS[table]}"
    with pytest.raises(BadInput, match=said):
        views.query(tmp_path, "SELECT 1")
    with pytest.raises(BadInput, match=said):
        views.connect(tmp_path)
    with pytest.raises(BadInput, match=said):
        Lake(tmp_path, tmp_path / "quarantine").refuse_newer()


def test_versions_that_are_known_and_folders_of_others_are_read(tmp_path: Path) -> None:
    for table, newest in SCHEMA_VERSIONS.items():
        for version in range(1, newest + 1):
            (tmp_path / table / f"v{version}").mkdir(parents=True)
    (tmp_path / "counts" / "vault").mkdir()
    (tmp_path / "of-somebody-else" / "v9").mkdir(parents=True)
    refuse_newer(LocalStore(tmp_path))
    refuse_newer(LocalStore(tmp_path / "missing"))
