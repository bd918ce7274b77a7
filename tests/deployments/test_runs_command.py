"""`qrt runs` keeps its columns on a terminal of 80."""

from dataclasses import replace
from pathlib import Path

import pytest

from datasets.home import home
from deployments.cli.main import run
from tasks.context.runtime import Runtime, open_runtime
from tests.tasks.execution.fake_target import a_run

GARNET = "braket:arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
SV1 = "braket:arn:aws:braket:::device/quantum-simulator/amazon/sv1"


@pytest.fixture
def runtime(qrt_home: Path) -> Runtime:
    del qrt_home
    return open_runtime(home())


def test_runs_stand_in_columns_with_the_names_of_devices(
    runtime: Runtime, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, target in enumerate((GARNET, SV1, f"{SV1}, local:sv", "emulator:forte-enterprise")):
        flow = ("sweep", "calibrate")[number % 2]
        runtime.journal.begin(replace(a_run(number, target=target), flow=flow))
    assert run(["runs"]) == 0
    head, *rows, _ = capsys.readouterr().out.splitlines()
    assert head.endswith(" charged what if")
    assert len(head) == 80
    assert max(map(len, rows)) <= 80
    assert [row[47:63].strip() for row in rows] == [
        "emulator:forte-",
        "braket:sv1, loc",
        "braket:sv1",
        "braket:Garnet",
    ]
    for place, title in ((9, "flow"), (19, "state"), (31, "started"), (48, "target")):
        assert head[place:].startswith(title)
        assert all(row[place - 1] == " " != row[place] for row in rows)
