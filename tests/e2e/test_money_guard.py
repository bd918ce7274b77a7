"""What may cost more than somebody meant is refused or asked about, and a cap is never passed."""

import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Command, Ran
from tests.e2e.processes import QRT, ROOT, interpreter
from tests.e2e.sandbox_process import GARNET, Bill, Sandbox

pytestmark = [pytest.mark.e2e, pytest.mark.long]

CIRCUIT = """OPENQASM 3.0;
input float theta;
qubit[2] q;
rx(theta) q[0];
cnot q[0], q[1];
"""


@pytest.fixture
def sweep(tmp_path: Path) -> tuple[str, ...]:
    """Return a sweep of 2 tasks for 11.475 USD, with 1.80 for what does not come back."""
    circuit = tmp_path / "pair.qasm"
    circuit.write_text(CIRCUIT)
    wanted = ("--points", "theta=0:3:150", "--shots", "50", "--target", GARNET)
    return ("sweep", "--circuit", str(circuit), *wanted)


def test_a_run_above_its_cap_is_neither_opened_nor_bought(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    bill = Bill(sandbox)
    for options in ((), ("--json",)):
        ran = on_garnet(*sweep, *options, "--max-usd", "13.274999")
        assert ran.code == 2
        assert "may cost up to 13.28 USD, and --max-usd allows 13.274999" in ran.line
    assert on_garnet("runs", "--json").answer == []
    assert bill.since() == (0, 0, 0)


def test_a_cap_holds_over_remainders_retries_and_resumes(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...], tmp_path: Path
) -> None:
    bill, cap = Bill(sandbox), 13.275
    sandbox.strike({"kind": "partial", "fraction": 0.5, "retryable": True, "next": 4})
    wanted = (*sweep, "--max-usd", str(cap))
    log = str(tmp_path / "log")
    ran = on_garnet("execution.collected", "2", log, *wanted, main="tests.e2e.killed:main")
    assert ran.code == -9, ran.err
    run = on_garnet("runs", "--json").answer[0]["run_id"]
    resumed = on_garnet("resume", run, "--json")
    assert resumed.code == 0, resumed.err
    tasks, _, charged_usd = bill.since()
    assert tasks > 2
    assert charged_usd <= cap
    assert on_garnet("show", run, "--json").answer["parameters"]["max_usd"] == cap


def test_nobody_to_ask_is_a_refusal_where_a_limit_was_set(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, sweep: tuple[str, ...]
) -> None:
    bill = Bill(sandbox)
    ran = on_garnet(*sweep, QRT_CONFIRM_USD="13.27")
    assert ran.code == 2
    assert "up to 13.28 USD, and QRT_CONFIRM_USD lets 13.27 pass unasked" in ran.line
    assert on_garnet(*sweep, QRT_CONFIRM_USD="lots").code == 2
    assert bill.since() == (0, 0, 0)
    assert on_garnet(*sweep, "--yes", "--json", QRT_CONFIRM_USD="1").code == 0
    assert bill.since()[0] == 2


@pytest.mark.parametrize(("answer", "tasks"), [("n", 0), ("", 0), ("y", 2)])
def test_a_question_is_put_on_a_terminal(
    answer: str,
    tasks: int,
    qrt: Command,
    sandbox: Sandbox,
    sweep: tuple[str, ...],
) -> None:
    bill = Bill(sandbox)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        interpreter(QRT, *sweep),
        env=os.environ | qrt.environment | sandbox.environment,
        cwd=ROOT,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while b"[y/N]" not in shown:
        shown += os.read(ours, 1024)
    assert b"may cost up to 13.28 USD" in shown
    os.write(ours, f"{answer}\n".encode())
    try:
        while os.read(ours, 1024):
            pass
    except OSError:  # the terminal is gone with the command
        pass
    assert process.wait(180) == (0 if tasks else 2)
    assert bill.since()[0] == tasks
