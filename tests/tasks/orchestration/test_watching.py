"""What the Prefect UI is told while a run goes: lines, how far it is, and a fault in its words."""

import logging
import sys
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.progress.events import Event
from tasks.core.progress.pace import Reached
from tasks.errors import BadInput
from tasks.orchestration.watching import Teller, Watcher, in_one_line

pytestmark = pytest.mark.slow

LANDED = Event("piece.landed", {"done": 10, "points": 40, "left_s": 75.0})
ENDED = Event("run.ended", {"run_id": "r1", "state": "completed"})


def record(logger: str, error: Exception) -> logging.LogRecord:
    """Return what Prefect logs of a task or flow that has raised."""
    try:
        raise error
    except type(error):
        told = ("Encountered exception: %r", (error,), sys.exc_info())
    return logging.LogRecord(logger, logging.ERROR, "engine.py", 1, *told)


def test_a_fault_is_one_line_of_the_flow_run_and_none_of_its_tasks() -> None:
    fault = BadInput("There is no Z7. The circuit has 2 qubits.")
    told = record("prefect.flow_runs", fault)
    assert in_one_line(told)
    assert logging.Formatter().format(told) == str(fault)
    assert not in_one_line(record("prefect.task_runs", fault))


def test_what_is_no_fault_of_ours_keeps_its_traceback() -> None:
    told = record("prefect.task_runs", ZeroDivisionError())
    assert in_one_line(told)
    assert "Traceback" in logging.Formatter().format(told)


def test_a_run_is_shown_in_lines_and_percent_until_it_ends() -> None:
    said: list[str] = []
    shown: list[Reached] = []
    watcher = Watcher()
    watcher.hear(LANDED)  # of no run that is watched
    watcher.begin(say=said.append, show=shown.append)
    watcher.hear(Event("run.opened", {"run_id": "r1"}))
    watcher.hear(LANDED)
    watcher.hear(ENDED)
    watcher.hear(LANDED)
    assert said == ["run r1"]
    assert shown == [Reached(25.0, "10 of 40 points, 1 min 15 s left")]


@given(count=st.integers(1, 200))
def test_the_last_word_is_always_told_however_much_was_passed_over(count: int) -> None:
    shown: list[Reached] = []
    teller = Teller(shown.append, every_s=60.0)
    for number in range(count):
        teller.tell(Reached(float(number), ""))
    teller.end()
    assert shown[-1].percent == count - 1
    assert len(shown) <= 2  # one at once, one in the end: no time has passed between


def test_a_server_that_is_not_there_costs_a_run_nothing() -> None:
    asked = threading.Event()

    def refuse(_: Any) -> None:
        asked.set()
        raise ConnectionError

    teller = Teller(refuse)
    teller.tell(Reached(1.0, ""))
    assert asked.wait(20)
    teller.end()
