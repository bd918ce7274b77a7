"""Files appear whole or not at all: killed writers, full disks, two writers at once."""

import os
import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

import pytest
from pyarrow.fs import LocalFileSystem, SubTreeFileSystem

from datasets.files.storage_faults import explain
from datasets.lake.stores import LocalStore, ObjectStore, Store, open_store
from tasks.errors import BadInput, StorageFault

FILE = PurePosixPath("counts/v1/a.parquet")


@pytest.fixture(params=["folder", "objects"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return LocalStore(tmp_path)
    (tmp_path / "bucket/lake/counts/v1").mkdir(parents=True)  # object stores have no folders
    return ObjectStore(SubTreeFileSystem(str(tmp_path), LocalFileSystem()), "bucket/lake")


def test_a_published_file_is_there_whole_and_listed(store: Store) -> None:
    store.publish(FILE, b"content")
    assert store.read(FILE) == b"content"
    assert list(store.walk()) == list(store.walk(FILE.parent)) == [FILE]
    assert list(store.walk(PurePosixPath("runs"))) == []


def test_a_published_file_is_never_replaced(store: Store) -> None:
    store.publish(FILE, b"first")
    with pytest.raises(FileExistsError):
        store.publish(FILE, b"second")
    assert store.read(FILE) == b"first"
    assert list(store.walk()) == [FILE]


def test_reading_what_is_not_there_says_so(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        store.read(FILE)


def test_of_many_writers_exactly_one_publishes(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)

    def attempt(number: int) -> bool:
        try:
            store.publish(FILE, str(number).encode())
        except FileExistsError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(attempt, range(32)))
    assert sum(won) == 1
    assert store.read(FILE) == str(won.index(True)).encode()
    assert list(store.walk()) == [FILE]


@pytest.mark.parametrize("killed_in", ["fsync", "link"])
def test_a_killed_writer_leaves_no_published_file(tmp_path: Path, killed_in: str) -> None:
    program = (
        "import os; from pathlib import Path, PurePosixPath\n"
        "from datasets.files.writing import make_folder\n"
        "from datasets.lake.stores import LocalStore\n"
        f"make_folder(Path({str((tmp_path / FILE).parent)!r}))\n"
        f"os.{killed_in} = lambda *_: os._exit(9)\n"
        f"LocalStore(Path({str(tmp_path)!r})).publish(PurePosixPath({str(FILE)!r}), b'x' * 9999)"
    )
    done = subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": "."}, check=False)
    assert done.returncode == 9
    left = list(LocalStore(tmp_path).walk())
    assert len(left) == 1
    assert left[0].name.startswith(".")
    LocalStore(tmp_path).publish(FILE, b"again")
    assert LocalStore(tmp_path).read(FILE) == b"again"


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(StorageFault) as caught, explain(tmp_path, run_id="abc"):
            LocalStore(tmp_path).publish(FILE, b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    text = str(caught.value)
    assert "\n" not in text
    assert "MB free" in text
    assert "`qrt resume abc`" in text
    assert list(LocalStore(tmp_path).walk()) == []


def test_a_folder_that_is_a_file_is_a_storage_fault(tmp_path: Path) -> None:
    (tmp_path / "counts").write_text("not a folder")
    with pytest.raises(StorageFault, match="counts"), explain(tmp_path, run_id=None):
        LocalStore(tmp_path).publish(FILE, b"x")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_a_storage_fault_that_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageFault, match="read and write"), explain(tmp_path, run_id=None):
        LocalStore(tmp_path).publish(FILE, b"x")


@pytest.mark.parametrize("root", ["file:///tmp/x", "gs://bucket/x", "s3://"])
def test_a_root_that_is_neither_folder_nor_s3_is_refused(root: str) -> None:
    with pytest.raises(BadInput, match="s3://bucket/prefix"):
        open_store(root)
