"""Landing: once and for ever, checked first, quarantined when refused, nothing half done."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from datasets.contracts.checking import Verdict, check
from datasets.contracts.meaning import Related
from datasets.lake import lake as landing
from datasets.lake import views
from datasets.lake.encoding import decode
from datasets.lake.lake import Lake
from tasks.errors import BadInput, BrokenContract, StorageFault, Terminal
from tests.datasets.lake.chunk_rows import Measured, Row, Tables, Valued, chunk, circuits
from tests.datasets.lake.lake_rows import RUN_ID, good_rows

pytestmark = pytest.mark.slow  # the first landing imports Great Expectations

KEY = (RUN_ID, "chunk-0")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake", tmp_path / "quarantine")


CHUNK = chunk([Measured("3f" * 20, ((600, 400),))], [Valued(0.2, 0.01, 1.0)])


def as_batches(tables: Tables) -> dict[str, list[tuple[tuple[str, ...], list[Row]]]]:
    """Return a batch a table."""
    return {table: [(KEY, rows)] for table, rows in tables.items()}


def land_circuits(lake: Lake) -> None:
    """Land what counts refer to."""
    lake.land_all(as_batches(circuits()), run_id=RUN_ID)


def _files(folder: str | Path) -> dict[str, bytes]:
    paths = (path for path in Path(folder).rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def _land_many(lake: Lake, times: int) -> None:
    for at in range(times):
        lake.land("counts", (RUN_ID, str(at)), good_rows("counts"), run_id=RUN_ID)


def _quality(lake: Lake) -> list[dict[str, Any]]:
    sql = "SELECT table_name, batch, success, failed, report FROM quality ORDER BY ALL"
    return views.query(lake.root, sql).records()


def test_landing_twice_is_landing_once(lake: Lake) -> None:
    first = lake.land("counts", KEY, good_rows("counts"), run_id=RUN_ID)
    files = _files(lake.root)
    second = lake.land("counts", KEY, good_rows("counts"), run_id=RUN_ID)
    assert _files(lake.root) == files
    assert (first.created, second.created) == (True, False)
    assert (first.path, first.sha256, first.rows) == (second.path, second.sha256, second.rows)
    assert lake.verify(contracts=True) == []


def test_another_duration_is_the_same_landing_and_the_first_stands(lake: Lake) -> None:
    row = good_rows("compiled_programs")[0]
    lake.land("compiled_programs", KEY, [row], run_id=RUN_ID)
    again = lake.land("compiled_programs", KEY, [row | {"compile_s": 99.0}], run_id=RUN_ID)
    assert not again.created
    assert views.query(lake.root, "SELECT compile_s FROM compiled_programs").rows == ((0.75,),)


def test_other_rows_under_the_same_key_are_refused_and_change_nothing(lake: Lake) -> None:
    lake.land("spend", KEY, good_rows("spend"), run_id=RUN_ID)
    files = _files(lake.root)
    with pytest.raises(Terminal, match="landed files never change"):
        lake.land("spend", KEY, good_rows("spend")[:1], run_id=RUN_ID)
    assert _files(lake.root) == files


def test_a_chunk_lands_with_one_quality_file_that_has_a_row_a_check(lake: Lake) -> None:
    tables = ("executions", "counts", "estimates")
    land_circuits(lake)
    landed = lake.land_all(as_batches(CHUNK), run_id=RUN_ID)
    assert [Path(file.path).relative_to(lake.root).parts[0] for file in landed] == list(tables)
    assert len(list(Path(lake.root, "quality").rglob("*.parquet"))) == 2
    ours = [row for row in _quality(lake) if row["table_name"] in tables]
    assert [(row["table_name"], row["success"]) for row in ours] == [
        ("counts", True),
        ("estimates", True),
        ("executions", True),
    ]


def test_what_is_landed_already_is_not_checked_again(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.land("programs", KEY, good_rows("programs"), run_id=RUN_ID)
    checked: list[str] = []

    def seen(table: str, rows: Any, related: Related | None) -> Verdict:
        checked.append(table)
        return check(table, rows, related)

    monkeypatch.setattr(landing, "check", seen)
    chunk = {t: [(KEY, good_rows(t))] for t in ("programs", "selections")}
    landed = lake.land_all(chunk, run_id=RUN_ID)
    assert checked == ["selections"]
    assert [file.created for file in landed] == [False, True]
    assert all(row["success"] for row in _quality(lake))
    assert lake.verify(contracts=True) == []


def test_a_chunk_with_one_broken_batch_is_quarantined_whole(lake: Lake) -> None:
    broken = [CHUNK["estimates"][0] | {"value": float("nan")}]
    land_circuits(lake)
    before = _files(lake.root)
    chunk = as_batches(CHUNK | {"estimates": broken})
    with pytest.raises(BrokenContract) as caught:
        lake.land_all(chunk, run_id=RUN_ID)
    assert caught.value.table == "estimates"
    assert any("value is a finite number" in text for text in caught.value.failed)
    kept = Path(caught.value.quarantined)
    assert kept.relative_to(lake.quarantine).parts == ("estimates", "v3", RUN_ID, "chunk-0.parquet")
    assert str(decode(kept.read_bytes()).to_pylist()[0]["value"]) == "nan"
    report = json.loads(kept.with_suffix(".json").read_text("utf-8"))
    assert report["report"]["success"] is False
    assert lake.quarantine.joinpath("counts", "v1", RUN_ID, "chunk-0.parquet").exists()
    (added,) = _files(lake.root).keys() - before.keys()
    assert added.startswith("quality")
    told = {row["table_name"]: row for row in _quality(lake) if row["report"]}
    assert {table: row["success"] for table, row in told.items()} == {
        "executions": True,
        "counts": True,
        "estimates": False,
    }
    assert json.loads(told["estimates"]["failed"]) == list(caught.value.failed)
    assert told["estimates"]["report"] == str(kept.with_suffix(".json"))


def test_refused_twice_is_kept_once_and_other_rows_are_kept_beside(lake: Lake) -> None:
    for kind in ("gift", "gift", "loan"):
        rows = [good_rows("spend")[0] | {"kind": kind}]
        with pytest.raises(BrokenContract):
            lake.land("spend", KEY, rows, run_id=RUN_ID)
    kept = sorted(Path(lake.quarantine).rglob("*.parquet"))
    assert len(kept) == 2
    assert {decode(path.read_bytes()).to_pylist()[0]["kind"] for path in kept} == {"gift", "loan"}
    assert all(path.with_suffix(".json").exists() for path in kept)


def test_mended_rows_land_under_the_key_that_was_refused(lake: Lake) -> None:
    row = good_rows("spend")[0]
    with pytest.raises(BrokenContract):
        lake.land("spend", KEY, [row | {"kind": "gift"}], run_id=RUN_ID)
    assert lake.land("spend", KEY, [row], run_id=RUN_ID).created
    assert [found["success"] for found in _quality(lake)] == [False, True]


def test_a_required_null_is_quarantined_and_not_lost(lake: Lake) -> None:
    with pytest.raises(BrokenContract, match="tenant is never null"):
        lake.land("spend", KEY, [good_rows("spend")[0] | {"tenant": None}], run_id=RUN_ID)
    (kept,) = Path(lake.quarantine).rglob("*.parquet")
    assert decode(kept.read_bytes()).to_pylist()[0]["tenant"] is None


def test_a_landing_that_was_cut_off_is_completed_by_landing_again(lake: Lake) -> None:
    chunk = as_batches(circuits() | CHUNK)
    lake.land_all(chunk, run_id=RUN_ID)
    whole = {name: data for name, data in _files(lake.root).items() if "quality" not in name}
    for missing in sorted(Path(lake.root).rglob("*.parquet")):
        missing.unlink()
        lake.land_all(chunk, run_id=RUN_ID)
        again = _files(lake.root)
        assert {name: data for name, data in again.items() if "quality" not in name} == whole
        assert len(again) == len(whole) + 1


def test_a_killed_landing_publishes_nothing_and_can_be_repeated(lake: Lake) -> None:
    program = (
        "import os, sys; sys.path.insert(0, 'tests/datasets/lake')\n"
        "from pathlib import Path; from tests.datasets.lake.lake_rows import good_rows\n"
        "from datasets.lake.lake import Lake\n"
        "os.link = lambda *_: os._exit(9)\n"
        f"Lake({str(lake.root)!r}, Path('x')).land("
        f"'counts', {KEY!r}, good_rows('counts'), run_id={RUN_ID!r})"
    )
    done = subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": "."}, check=False)
    assert done.returncode == 9
    assert views.query(lake.root, "SELECT * FROM counts").rows == ()
    assert [problem.fault for problem in lake.verify()] == ["stray"]
    assert lake.land("counts", KEY, good_rows("counts"), run_id=RUN_ID).created


def test_a_full_disk_stops_a_landing_in_one_line_with_nothing_half_written(lake: Lake) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    lake.land("spend", KEY, good_rows("spend"), run_id=RUN_ID)
    files = _files(lake.root)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        with pytest.raises(StorageFault) as caught:
            lake.land("counts", KEY, good_rows("counts"), run_id=RUN_ID)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert f"`qrt resume {RUN_ID}`" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert _files(lake.root) == files


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting takes root")
def test_a_disk_that_fills_up_keeps_what_was_landed_and_goes_on_after_a_clean_up(
    tmp_path: Path,
) -> None:
    small = tmp_path / "disk"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let us mount")
    try:
        lake = Lake(small / "lake", tmp_path / "quarantine")
        small.joinpath("ballast").write_bytes(b"x" * 40_000)
        with pytest.raises(StorageFault, match=r"No space left .*MB free.*qrt resume"):
            _land_many(lake, 20)
        assert lake.verify() == []
        small.joinpath("ballast").unlink()
        assert lake.land("counts", KEY, good_rows("counts"), run_id=RUN_ID).created
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_damaged_file_is_not_taken_for_a_landing(lake: Lake) -> None:
    path = Path(lake.land("spend", KEY, good_rows("spend"), run_id=RUN_ID).path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(StorageFault, match="is damaged"):
        lake.land("spend", KEY, good_rows("spend"), run_id=RUN_ID)


def test_a_run_id_of_another_kind_is_bad_input(lake: Lake) -> None:
    with pytest.raises(BadInput, match="UUID"):
        lake.land("spend", KEY, good_rows("spend"), run_id="my run")
