"""The lake on S3: the client that production uses, against a server on this machine."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from datasets.lake import views
from datasets.lake.batches import landed, prepare, publish
from datasets.lake.lake import Lake
from datasets.lake.stores import open_store
from datasets.lake.verification import problems
from tasks.errors import BadInput, BrokenContract, StorageFault
from tests.datasets.lake.lake_rows import RUN_ID, good_rows
from tests.datasets.lake.loopback_s3 import LoopbackS3

ROOT = "s3://bucket/lake"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackS3]:
    server = LoopbackS3()
    for name, value in {
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
def test_objects_are_published_once_and_read_with_sql(s3: LoopbackS3) -> None:
    store = open_store(ROOT)
    batch = prepare("counts", ("a",), good_rows("counts"))
    assert landed(store, batch) is None
    assert publish(store, batch)
    assert not publish(store, batch)
    assert list(s3.objects) == ["bucket/lake/counts/v1/a.parquet"]
    assert landed(store, batch) == batch.label
    assert problems(store) == []
    sql = "SELECT bitstring FROM counts ORDER BY executable, outcome LIMIT 2"
    assert views.query(ROOT, sql).rows == (("100",), ("011",))
    assert views.query(ROOT, "SELECT * FROM runs").rows == ()
    with pytest.raises(BadInput, match="COPY is refused"):
        views.query(ROOT, f"COPY counts TO '{ROOT}/x.parquet'")


@pytest.mark.slow
def test_a_chunk_lands_on_s3_and_a_broken_one_stays_on_this_machine(
    s3: LoopbackS3, tmp_path: Path
) -> None:
    lake = Lake(ROOT, tmp_path)
    assert lake.land("spend", ("a",), good_rows("spend"), run_id=RUN_ID).created
    assert not lake.land("spend", ("a",), good_rows("spend"), run_id=RUN_ID).created
    with pytest.raises(BrokenContract):
        lake.land("spend", ("b",), [good_rows("spend")[0] | {"kind": "gift"}], run_id=RUN_ID)
    names = [name.split("/")[2] for name in s3.objects]
    assert sorted(names) == ["quality", "quality", "spend"]
    assert len(list(tmp_path.rglob("*.parquet"))) == 1
    assert lake.verify(contracts=True) == []


@pytest.mark.slow
def test_damaged_objects_are_found(s3: LoopbackS3) -> None:
    store = open_store(ROOT)
    publish(store, prepare("spend", ("a",), good_rows("spend")))
    s3.objects["bucket/lake/spend/v1/a.parquet"] = b"PAR1"
    assert [problem.fault for problem in problems(store)] == ["damaged"]
    with pytest.raises(StorageFault, match="qrt verify"):
        views.query(ROOT, "SELECT * FROM spend")
    assert views.query(ROOT, "SELECT * FROM runs").rows == ()
