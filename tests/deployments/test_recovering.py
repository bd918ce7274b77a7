"""`qrt cancel` and `qrt reconcile` say in one object or a few lines what became of the work."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from datasets.home import Home
from datasets.records.executions import ExecutionState
from datasets.records.runs import RunState
from deployments.cli.main import run
from tasks.context import runtime as opening
from tasks.context.run_lock import claim, release
from tests.tasks.execution.fake_target import NOW, Place, Target, Task, a_place, a_run, an_execution

ROOT = Path(__file__).parent.parent.parent
EMULATED = a_run(1, target="emulator:garnet")
ARN = "arn:aws:braket:eu-north-1:123456789012:quantum-task/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"


@pytest.fixture
def place(tmp_path: Path, qrt_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    assert os.environ["QRT_HOME"] == str(qrt_home)
    made = a_place(tmp_path / "place", fake=Target())
    monkeypatch.setattr(opening, "open_runtime", lambda _: made)
    made.journal.begin(a_run())
    yield made
    made.journal.close()


def bought(place: Place, handle: str, number: int = 0) -> Task:
    """Buy an execution under a handle as long as Braket's are."""
    execution = an_execution(number)
    task = Task(execution, handle)
    place.targets["fake"].tasks[handle] = task
    place.journal.intend(execution, reserve=True)
    place.journal.submitted(execution.execution_id, handle)
    return task


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """Run a command and return what it printed, folded at 80 columns but for ids and ARNs."""
    assert run(list(arguments)) == code
    out, err = capsys.readouterr()
    assert err == ""
    if "--json" not in arguments:
        assert all(len(line) <= 80 or len(line.split()) == 1 for line in out.splitlines()), out
    return out


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    return json.loads(said(capsys, *arguments, "--json", code=code))


def refused(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 2) -> str:
    assert run(list(arguments)) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_a_run_is_cancelled_and_the_second_time_says_the_same(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    bought(place, ARN)
    found = answer(capsys, "cancel", "0000")
    assert found == {
        "run_id": a_run().run_id,
        "state": "cancelled",
        "cancelled": 1,
        "charged_usd": 0.0,
        "running": [],
        "open": [],
    }
    assert answer(capsys, "cancel", "0000") == found
    assert "1 execution cancelled, 0.00 USD charged" in said(capsys, "cancel", "0000")


def test_what_goes_on_in_another_process_and_at_the_target_is_named(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    bought(place, ARN)
    place.targets["fake"].deaf = True
    claim(a_run().run_id, home=place.home)
    words = said(capsys, "cancel", "0000")
    assert "is told to stop" in words
    assert ARN in words
    found = answer(capsys, "cancel", "0000")
    assert (found["state"], found["running"]) == ("stopping", [ARN])
    release(a_run().run_id, home=place.home)


def test_an_unknown_or_completed_run_is_not_cancelled(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Unknown run 'ffff'" in refused(capsys, "cancel", "ffff")
    place.journal.end(a_run().run_id, RunState.COMPLETED, result="{}")
    assert "is completed: there is nothing left to cancel" in refused(capsys, "cancel", "0000")


def test_a_silent_target_is_one_line_and_exit_1(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    bought(place, ARN)
    place.targets["fake"].silent = True
    assert "does not answer" in refused(capsys, "cancel", "0000", code=1)
    found = answer(capsys, "reconcile", code=1)
    assert [silence["run_id"] for silence in found["silent"]] == ["", a_run().run_id]
    assert "does not answer" in said(capsys, "reconcile", code=1)


def test_what_reconciliation_found_is_said_once(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    bought(place, ARN)
    place.targets["fake"].finish(ARN)
    place.journal.intend(an_execution(1), reserve=True)
    stray = an_execution(7, run=a_run(9))
    place.targets["fake"].tasks["theirs"] = Task(stray, "theirs")
    found = answer(capsys, "reconcile")
    assert [entry["handle"] for entry in found["ended"]] == [ARN]
    assert [entry["execution_id"] for entry in found["given_up"]] == [an_execution(1).execution_id]
    assert [task["handle"] for task in found["strays"]] == ["theirs"]
    assert found["strays"][0]["created_at"] == NOW.isoformat()
    again = answer(capsys, "reconcile")
    assert again["strays"] == found["strays"]
    assert not any(again[way] for way in ("adopted", "open", "given_up", "ended", "running"))
    assert "stray: theirs (queued) is of another journal" in said(capsys, "reconcile")


@pytest.mark.parametrize("days", ["0", "91", "many"])
@pytest.mark.usefixtures("place")
def test_days_out_of_range_are_refused(capsys: pytest.CaptureFixture[str], days: str) -> None:
    assert "--days" in refused(capsys, "reconcile", "--days", days)


def test_a_dead_emulated_run_is_cancelled(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.targets["emulator:garnet"] = Target(charges=False)
    place.journal.begin(EMULATED)
    place.journal.intend(an_execution(0, run=EMULATED))
    assert answer(capsys, "cancel", EMULATED.run_id)["cancelled"] == 1
    (entry,) = place.journal.executions(EMULATED.run_id)
    assert (entry.state, entry.failure) == (ExecutionState.CANCELLED, "it was cancelled")
    assert place.journal.run(EMULATED.run_id).state is RunState.CANCELLED


ALONE = """
import sys
from deployments.cli.main import run
code = run(["reconcile"])
heavy = {"prefect", "duckdb", "great_expectations"} & set(sys.modules)
print(sorted(heavy))
sys.exit(code)
"""


def in_a_process(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command without any AWS settings."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, *command],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env=ours | {"QRT_HOME": str(home), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.slow
def test_with_emulated_runs_only_nothing_is_open_and_no_cloud_is_needed(qrt_home: Path) -> None:
    made = opening.open_runtime(Home(qrt_home))
    made.lake.check()  # as whatever begins a run does
    made.journal.begin(EMULATED)
    made.journal.end(EMULATED.run_id, RunState.COMPLETED, result="{}")
    ran = in_a_process(qrt_home, "-c", ALONE)
    assert (ran.returncode, ran.stderr) == (0, "")
    said, _, heavy = ran.stdout.rstrip().rpartition("\n")
    assert " ".join(said.split()) == (
        "Journal and targets agree; nothing is open. "
        "No region was looked through: no AWS account is set up."
    )
    assert heavy == "[]"


def test_a_query_leaves_standard_error_empty(qrt_home: Path) -> None:
    qrt = "from deployments.cli.entry import main; main()"
    ran = in_a_process(qrt_home, "-c", qrt, "query", "SELECT 1 AS one", "--json")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, '[{"one": 1}]\n', "")
