"""A run whose journal is on a server is killed, and goes on where it stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import Command
from tests.e2e.killed import heard
from tests.e2e.test_killed_runs import kill_at, what_counts
from tests.journals import databases

pytestmark = [pytest.mark.e2e, pytest.mark.long, pytest.mark.postgres]

VQE = ("vqe", "--target", "local:sv", "--iterations", "2", "--final-shots", "2000", "--json")


@pytest.fixture
def journal_url() -> Iterator[str]:
    with databases() as new:
        yield new()


def test_a_run_that_is_killed_is_resumed_from_the_server_and_ends_the_same(
    qrt: Command, qrt_home: Path, tmp_path: Path, journal_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = qrt(*VQE, QRT_HOME=str(tmp_path / "whole"))
    assert whole.code == 0, whole.err

    monkeypatch.setenv("QRT_JOURNAL_URL", journal_url)
    bought = tmp_path / "bought"
    command: tuple[str, ...] = VQE
    for event in ("execution.intended", "execution.bought", "iteration.completed"):
        killed = kill_at(qrt, event, 1, bought, *command)
        assert killed.code == -9, f"{event} was not reached: {killed.err}{killed.out}"
        (run,) = qrt("runs", "--json").answer
        assert run["state"] == "interrupted"
        command = ("resume", run["run_id"], "--json")
    ended = qrt(*command)
    assert ended.code == 0, ended.err
    assert what_counts(ended.answer) == what_counts(whole.answer)
    executions = [which for name, which in heard(bought) if name == "execution.bought"]
    assert executions
    assert len(set(executions)) == len(executions)
    assert not (qrt_home / "journal.db").exists()
    assert not (qrt_home / "claims").exists()
