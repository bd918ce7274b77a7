"""A home of every released version loads, is upgraded, reports, verifies and goes on."""

import json
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

HOMES = sorted((Path(__file__).parent / "homes").glob("*.tar.xz"))
MIDDLE = ("3-sweeps", "4-devices")  # `make test-long` has them too
# What a run of an unfinished one may take on a machine that is busy.
RESUMED_S = 900

# Of executions that nobody paid for: why a run goes without them.
GIVEN_UP = (
    "The run was completed without it.",
    "Another release simulated it, and was killed before its counts had landed.",
)

Qrt = Callable[..., Any]


def packed(home: Path) -> Any:
    """Return a home as a parameter of tests."""
    name = home.name.split(".")[0]
    return pytest.param(home, id=name, marks=[pytest.mark.long] if name in MIDDLE else [])


@pytest.fixture(params=map(packed, HOMES))
def old_home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a home as that release has left it (`make_home.py`), readable by others as it was."""
    with tarfile.open(request.param) as packed:
        packed.extractall(tmp_path, filter="data")
    (home,) = tmp_path.iterdir()
    return home


@pytest.fixture
def qrt(old_home: Path) -> Qrt:
    """Return what runs a command on the home and returns its JSON, or its text."""

    def run(*arguments: str, code: int = 0) -> Any:
        done = subprocess.run(
            [str(Path(sys.executable).with_name("qrt")), *arguments],
            env={"PATH": "/usr/bin:/bin", "HOME": str(old_home.parent), "QRT_HOME": str(old_home)},
            cwd=old_home.parent,
            capture_output=True,
            text=True,
            timeout=RESUMED_S,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout) if "--json" in arguments else done.stdout + done.stderr

    return run


def runs_of(home: Path) -> dict[str, tuple[str, str]]:
    """Return flow and state of each run, as the release wrote them."""
    with closing(sqlite3.connect(home / "journal.db")) as journal:
        found = journal.execute("SELECT run_id, flow, state FROM runs").fetchall()
    return {run_id: (flow, state) for run_id, flow, state in found}


@pytest.mark.e2e
def test_an_old_home_is_upgraded_once_and_read(old_home: Path, qrt: Qrt) -> None:
    before = runs_of(old_home)
    assert "completed" in {state for _, state in before.values()}

    planned = qrt("upgrade", "--dry-run", "--json")
    assert planned["changes"]
    assert not planned["done"]
    assert not list(old_home.glob("*.backup"))
    done = qrt("upgrade", "--json")
    assert done["done"]
    assert done["changes"] == planned["changes"]
    assert runs_of(old_home) == before
    if done["kept"]:
        assert Path(done["kept"]).is_file()
    assert qrt("upgrade", "--json")["changes"] == []

    listed = {run["run_id"]: (run["flow"], run["state"]) for run in qrt("runs", "--json")}
    shown = {"running": "interrupted", "completed": "completed"}
    assert listed == {run: (flow, shown[state]) for run, (flow, state) in before.items()}
    assert qrt("verify", "--json") == []
    completed = {run for run, (_, state) in before.items() if state == "completed"}
    sql = "select distinct run_id from counts"
    assert completed <= {row["run_id"] for row in qrt("query", sql, "--json")}


@pytest.mark.e2e
def test_completed_runs_of_an_old_home_are_shown_reported_and_done(
    old_home: Path, qrt: Qrt
) -> None:
    for run, (_, state) in runs_of(old_home).items():
        if state != "completed":
            continue
        assert qrt("show", run, "--json")["state"] == "completed"
        assert run in qrt("show", run)
        report = old_home / "reports" / f"{run}.html"
        qrt("report", run)
        assert run in report.read_text()
        report.unlink()
        assert run in qrt("resume", run)
        assert report.is_file()


@pytest.mark.e2e
@pytest.mark.long
def test_interrupted_runs_of_an_old_home_go_on_and_land_all(old_home: Path, qrt: Qrt) -> None:
    for run, (_, state) in runs_of(old_home).items():
        if state != "running":
            continue
        assert qrt("resume", run, "--json")["state"] == "completed"
        with closing(sqlite3.connect(old_home / "journal.db")) as journal:
            asked = "SELECT execution_id, state, failure FROM executions WHERE run_id = ?"
            found = journal.execute(asked, (run,)).fetchall()
        assert all(failure in GIVEN_UP for _, state, failure in found if state == "cancelled")
        settled = {execution for execution, state, _ in found if state == "settled"}
        assert len(settled) == len([None for _, state, _ in found if state != "cancelled"])
        sql = f"""select x.execution_id, x.shots_returned, sum(c.count) as counted
            from executions x left join counts c using (execution_id)
            where x.run_id = '{run}' group by all"""  # noqa: S608 - the journal's own id
        landed = qrt("query", sql, "--json")
        assert {row["execution_id"] for row in landed} == settled
        assert all(row["counted"] == row["shots_returned"] for row in landed)
        iterations = f"select iteration from iterations where run_id = '{run}' order by 1"  # noqa: S608
        numbers = [row["iteration"] for row in qrt("query", iterations, "--json")]
        assert numbers == list(range(len(numbers)))
    assert qrt("verify", "--json") == []


def test_the_homes_are_small() -> None:
    assert len(HOMES) >= 5
    assert sum(path.stat().st_size for path in HOMES) < 500_000
