"""A run that is killed, again and again, ends as if nothing had happened."""

import json
import random
import signal
import sqlite3
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.e2e.conftest import Command, Ran
from tests.e2e.killed import heard

pytestmark = pytest.mark.e2e

VQE = ("vqe", "--iterations", "14", "--seed", "3", "--final-shots", "6000", "--json")

# Where each process of the chain is killed, counted from its own start.
POINTS = [
    ("run.opened", 1),
    ("program.compiled", 1),
    ("file.landed", 3),
    ("execution.intended", 1),
    ("execution.bought", 1),
    ("execution.submitted", 1),
    ("execution.collected", 1),
    ("iteration.completed", 2),  # nothing of the loop is written down
    ("journal.written:keep", 1),  # the first iterations are, and not landed
    ("file.landed", 10),  # some files of the next ones are
    ("iteration.completed", 10),
    ("chunk.landed", 4),
    ("execution.bought", 1),
    ("execution.intended", 2),
    ("chunk.landed", 2),
    ("run.ended", 1),
]


def what_counts(answer: dict[str, object]) -> dict[str, object]:
    """Return what an interruption must not change."""
    free = {"run_id", "wall_s", "lake", "report"}
    return {name: value for name, value in answer.items() if name not in free}


def the_run(home: Path) -> str:
    with sqlite3.connect(home / "journal.db") as journal:
        return str(journal.execute("SELECT run_id FROM runs").fetchone()[0])


def kill_at(qrt: Command, event: str, number: int, log: Path, *command: str) -> Ran:
    return qrt(event, str(number), str(log), *command, main="tests.e2e.killed:main")


@pytest.mark.long
def test_a_chain_of_kills_changes_nothing(qrt: Command, qrt_home: Path, tmp_path: Path) -> None:
    log = tmp_path / "bought"
    command = VQE
    for event, number in POINTS:
        ran = kill_at(qrt, event, number, log, *command)
        assert ran.code == -9, f"{event} {number} was not reached: {ran.err}{ran.out}"
        command = ("resume", the_run(qrt_home), "--json")
    ended = qrt(*command)
    assert ended.code == 0, ended.err

    whole = qrt(*VQE, QRT_HOME=str(tmp_path / "whole"))
    assert what_counts(ended.answer) == what_counts(whole.answer)
    # Killed between the target's yes and the journal's note, an execution is adopted, not bought.
    bought = Counter(which for name, which in heard(log) if name == "execution.bought")
    assert set(bought.values()) == {1}
    assert len(bought) == ended.answer["executions"] - ended.answer["iterations"]

    rows = "select count(*) n, sum(count) shots, count(distinct execution_id) e from counts"
    here = qrt("query", rows, "--json").answer
    assert here == qrt("query", rows, "--json", QRT_HOME=str(tmp_path / "whole")).answer
    assert here[0]["shots"] == ended.answer["shots"]
    assert qrt("query", "select state from runs", "--json").answer == [{"state": "completed"}]
    assert Path(ended.answer["report"]).is_file()
    assert not list((qrt_home / "spool").iterdir())
    assert qrt("verify").code == 0


def test_kills_at_any_moment_change_nothing(qrt: Command, qrt_home: Path, tmp_path: Path) -> None:
    rng = random.Random(20260505)  # noqa: S311 - when to kill is no secret
    whole = qrt(*VQE, QRT_HOME=str(tmp_path / "whole"))
    first = qrt.start(*VQE)
    wait_for_a_run(qrt_home)
    time.sleep(rng.uniform(0, 2))
    first.process.send_signal(signal.SIGKILL)
    assert first.ended().code == -signal.SIGKILL
    run_id = the_run(qrt_home)
    for _ in range(3):
        again = qrt.start("resume", run_id, "--json")
        time.sleep(rng.uniform(0, 3))
        again.process.send_signal(signal.SIGKILL)
        again.ended()
    ended = qrt("resume", run_id, "--json")
    assert ended.code == 0, ended.err
    assert what_counts(ended.answer) == what_counts(whole.answer)


def wait_for_a_run(home: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            the_run(home)
        except (sqlite3.Error, TypeError):
            time.sleep(0.05)
        else:
            return
    pytest.fail("no run was opened within 60 s")


def test_a_completed_run_is_shown_again_not_run_again(qrt: Command) -> None:
    first = qrt("vqe", "--iterations", "2", "--target", "local:sv", "--json")
    again = qrt("resume", first.answer["run_id"], "--json")
    assert json.loads(again.out) == first.answer


def test_a_resumed_run_solves_the_problem_that_it_was_given(
    qrt: Command, qrt_home: Path, tmp_path: Path
) -> None:
    problem, device = tmp_path / "p.json", tmp_path / "d.json"
    terms = [["ZI", 0.4], ["IZ", 0.3], ["XX", 0.2]]
    problem.write_text(json.dumps({"n_qubits": 2, "terms": terms}))
    bundled = next(Path("datasets/devices").glob("garnet@2026*.json"))
    device.write_text(bundled.read_text())
    given = ("--problem", str(problem), "--target", f"emulator:{device}", "--ansatz", "hea")
    command = ("vqe", *given, "--iterations", "4", "--final-shots", "3000", "--json")
    whole = qrt(*command, QRT_HOME=str(tmp_path / "whole"))
    assert kill_at(qrt, "iteration.completed", 2, tmp_path / "log", *command).code == -9
    problem.write_text(json.dumps({"n_qubits": 2, "terms": [["ZZ", 9.9]]}))
    device.unlink()
    ended = qrt("resume", the_run(qrt_home), "--json")
    assert ended.code == 0, ended.err
    assert what_counts(ended.answer) == what_counts(whole.answer)
