"""`qrt show` says how a run stands: who works on it, what it was quoted, what can be done."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from datasets.home import home
from datasets.records.executions import ExecutionState, RunId
from datasets.records.runs import RunState
from deployments.cli.main import run
from tasks.context.run_lock import claim, release
from tasks.context.runtime import Runtime, open_runtime
from tasks.run.openings import write_down
from tests.tasks.execution.fake_target import NOW, a_run, an_execution

RUN = a_run(1, target="emulator:garnet")


@pytest.fixture
def runtime(qrt_home: Path) -> Iterator[Runtime]:
    del qrt_home
    made = open_runtime(home())
    made.journal.begin(RUN)
    yield made
    release(RUN.run_id, home=made.home)


def shown(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert run(["show", RUN.run_id, *options]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "()" not in out
    return out


def in_json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(shown(capsys, "--json"))


def test_a_run_that_somebody_works_on_is_said_to_be_running_where_and_since_when(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    claim(RUN.run_id, home=runtime.home)
    out = shown(capsys)
    assert f"run {RUN.run_id}: vqe, running on emulator:garnet\nno executions\n" in out
    assert f"this process works on it; it was begun at {NOW:%Y-%m-%d %H:%M} UTC" in out
    assert f"`qrt cancel {RUN.run_id}` ends it." in out
    assert "qrt resume" not in out
    assert in_json(capsys)["worker"] == "this process"


def test_a_run_that_nobody_works_on_was_interrupted_and_can_be_resumed(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runtime.home == home()
    out = shown(capsys)
    assert f"{RUN.run_id}: vqe, interrupted on emulator:garnet" in out
    assert f"`qrt resume {RUN.run_id}` goes on with it." in out
    assert in_json(capsys)["worker"] is None


def test_a_run_is_shown_with_what_it_was_quoted_last_item_by_item_and_charged_so_far(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, usd in enumerate(("9", "0.60")):
        row = {
            "quote_id": f"{number}" * 64, "run_id": RUN.run_id, "flow": "vqe",
            "target": RUN.target, "chosen": True, "item": "task_fees", "tasks": 2, "shots": 0,
            "usd": Decimal(usd), "at_most_usd": Decimal(usd),
            "quoted_at": datetime(2026, 5, 5 + number, tzinfo=UTC),
        }  # fmt: skip
        paid = {"usd": Decimal("10.875"), "at_most_usd": Decimal("10.875")}
        rows = [row, row | paid | {"item": "shots", "tasks": 0, "shots": 20}]
        place = (RUN.run_id, f"{number}")
        runtime.lake.land_all({"quotes": [(place, rows)]}, run_id=RUN.run_id)
    runtime.journal.quote(RUN.run_id, Decimal("11.475"))
    execution = an_execution(run=RUN)
    runtime.journal.intend(execution, reserve=True)
    runtime.journal.submitted(execution.execution_id, "handle")
    runtime.journal.completed(
        execution.execution_id, state=ExecutionState.COMPLETED, shots_returned=20, started_at=NOW,
        ended_at=NOW, calibration_id_end=None, charged_usd=Decimal("0.2"),
    )  # fmt: skip
    out = shown(capsys)
    assert "1 execution (completed), 20 shots\n" in out
    assert "quoted at most 11.48 USD: task fees 0.60, shots 10.88\n" in out
    assert "charged so far 0.20 USD\n" in out
    told = [(row["item"], row["usd"]) for row in in_json(capsys)["quote"]]
    assert sorted(told) == [("shots", 10.875), ("task_fees", 0.6)]


def test_a_failed_run_says_why_and_how_to_go_on(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime.journal.end(RunId(RUN.run_id), RunState.FAILED, failure="The fridge is warm.")
    out = shown(capsys)
    assert "failed: The fridge is warm.\n" in out
    assert f"`qrt resume {RUN.run_id}` goes on with it." in out


def test_a_home_that_was_moved_names_its_own_places(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    answer: dict[str, Any] = {"lake": "/before/lake", "report": "/before/x.html"}
    answer |= {"cost_usd": 0, "what_if_usd": 0}
    runtime.journal.end(RunId(RUN.run_id), RunState.COMPLETED, result=json.dumps(answer))
    told = in_json(capsys)["result"]
    assert told["lake"] == str(runtime.home.lake)
    assert told["report"] == str(runtime.home.report_of(RUN.run_id))


@pytest.mark.parametrize("command", ["show", "report", "cancel"])
def test_a_run_that_the_journal_has_lost_is_told_apart_from_none(
    command: str, runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = a_run(2, target="emulator:garnet")
    write_down(lost, runtime=runtime)
    assert run([command, lost.run_id]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == (
        f"The journal has lost run {lost.run_id}. `qrt resume {lost.run_id}` takes it up again."
    )


@pytest.mark.parametrize("text", ['{"run_id": 3', "[]", "{}", "\0", '"x"', "null"])
def test_what_is_left_of_a_run_that_was_written_down_in_part_is_no_run(
    text: str, runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = a_run(2, target="emulator:garnet")
    write_down(lost, runtime=runtime)
    (runtime.home.inputs_of(lost.run_id) / "run.json").write_text(text)
    for command in (["runs"], ["reconcile"]):
        assert run(command) == 0
    capsys.readouterr()
    assert run(["resume", lost.run_id]) == 2
    assert "Unknown run" in capsys.readouterr().err


def test_a_run_is_not_resumed_in_another_lake_and_no_server_starts_for_it(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    runtime.lake.check()
    (Path(runtime.home.lake) / "lake.json").unlink()
    open_runtime.cache_clear()
    assert run(["resume", RUN.run_id]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "is not the lake of this journal's runs" in line
    assert not (runtime.home.root / "prefect").exists()
