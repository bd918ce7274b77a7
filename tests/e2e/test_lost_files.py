"""What was landed and is gone is missed, and landed again from what is left."""

import shutil
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.buying_flows import begin
from tests.e2e.conftest import Command, Ran
from tests.e2e.sandbox_process import Bill, Sandbox

pytestmark = [pytest.mark.e2e, pytest.mark.long]

WHOLE = ("the whole lake",)
LOST = [
    ("counts",),
    ("executions",),
    ("estimates",),
    ("counts", "estimates"),
    ("counts", "executions", "estimates", "quality"),
    WHOLE,
]
VALUES = "SELECT point, observable, value, shots FROM estimates ORDER BY ALL"
SIMULATED = "emulator:garnet"


def lose(home: Path, tables: tuple[str, ...], *, qrt: Callable[..., Ran]) -> None:
    """Delete all files of some tables; a lake that is lost whole is begun anew."""
    if tables != WHOLE:
        for table in tables:
            shutil.rmtree(home / "lake" / table)
        return
    shutil.rmtree(home / "lake")
    refused = qrt("reconcile")
    assert refused.code == 2
    assert "`qrt reconcile --new-lake` begins it anew here" in refused.err
    begun = qrt("reconcile", "--new-lake")
    assert begun.code == 0, begun.err


def values(qrt: Callable[..., Ran]) -> Any:
    return qrt("query", VALUES, "--json").answer


@pytest.mark.parametrize(
    ("flow", "tables"),
    [*product(("sweep", "vqe"), LOST), ("batch", WHOLE)],
    ids=lambda each: each if isinstance(each, str) else " ".join(each),
)
def test_what_a_device_measured_lands_again_and_is_not_bought_again(
    flow: str,
    tables: tuple[str, ...],
    on_garnet: Callable[..., Ran],
    sandbox: Sandbox,
    *,
    qrt_home: Path,
    tmp_path: Path,
) -> None:
    ran = on_garnet(*begin(flow, tmp_path))
    assert ran.code == 0, ran.err
    before, bill = values(on_garnet), Bill(sandbox)
    lose(qrt_home, tables, qrt=on_garnet)
    told = on_garnet("verify")
    assert told.code == 1
    assert f"qrt resume {ran.answer['run_id']}" in told.out
    resumed = on_garnet("resume", ran.answer["run_id"], "--json")
    assert resumed.code == 0, resumed.err
    assert values(on_garnet) == before
    assert on_garnet("verify").code == 0
    assert bill.since() == (0, 0, 0)


@pytest.mark.parametrize("tables", LOST, ids=" ".join)
@pytest.mark.parametrize("flow", ["sweep", "vqe"])
def test_what_was_simulated_lands_again(
    flow: str, tables: tuple[str, ...], qrt: Command, qrt_home: Path, tmp_path: Path
) -> None:
    wanted = [*begin(flow, tmp_path)]
    wanted[wanted.index("--target") + 1] = SIMULATED
    ran = qrt(*wanted)
    assert ran.code == 0, ran.err
    before = values(qrt)
    lose(qrt_home, tables, qrt=qrt)
    told = qrt("verify")
    assert f"qrt resume {ran.answer['run_id']}" in told.out
    resumed = qrt("resume", ran.answer["run_id"], "--json")
    assert resumed.code == 0, resumed.err
    assert values(qrt) == before
    assert qrt("verify").code == 0


def test_a_file_that_was_copied_in_part_is_told_and_lands_again_once_it_is_moved(
    qrt: Command, qrt_home: Path, tmp_path: Path
) -> None:
    wanted = [*begin("sweep", tmp_path)]
    wanted[wanted.index("--target") + 1] = SIMULATED
    ran = qrt(*wanted)
    assert ran.code == 0, ran.err
    before = values(qrt)
    (path, *_) = sorted((qrt_home / "lake" / "counts").rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:200])
    told = qrt("verify")
    assert told.code == 1
    assert f"{path}: It cannot be read" in told.out
    assert "move it out of the lake" in told.out
    path.rename(tmp_path / path.name)
    assert f"qrt resume {ran.answer['run_id']}" in qrt("verify").out
    resumed = qrt("resume", ran.answer["run_id"], "--json")
    assert resumed.code == 0, resumed.err
    assert values(qrt) == before
    assert qrt("verify").code == 0
