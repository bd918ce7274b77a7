"""Sweeps that buy the same take turns, however many there are and whatever devices they share."""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from datasets.home import Home
from datasets.records.executions import RunId
from datasets.records.runs import Run, RunState
from tasks.context.run_lock import claim, claim_beside, claimed_beside, is_claimed, release
from tasks.context.runtime import Runtime, open_runtime
from tasks.core.identity import canonical
from tasks.core.progress.events import Event, listening
from tasks.core.sweeps.work import SweepSpec
from tasks.errors import RunCancelled
from tasks.execution.takeovers import stopped
from tasks.requests.of_run import request_as
from tasks.requests.sweep import SweepRequest
from tasks.workloads.sweep.inputs import inputs_of
from tasks.workloads.sweep.same_work import await_turn, work_name
from tests.journals import Places
from tests.tasks.execution.fake_target import NOW, an_execution

DEVICES = tuple(f"braket:arn:aws:braket:us-east-1::device/qpu/x/{name}" for name in "abc")
CIRCUIT = "OPENQASM 3.0; input float theta; qubit[2] q; rx(theta) q[0]; cnot q[0], q[1];"
HOLD = """
import sys, time
from pathlib import Path
from datasets.home import Home
from tasks.context.run_lock import claim, claim_beside
home = Home(Path(sys.argv[1]), sys.argv[2])
claim(sys.argv[3], home=home)
if sys.argv[4:]:
    assert claim_beside(sys.argv[3], sys.argv[4:], home=home) is None
print("held", flush=True)
time.sleep(600)
"""


@dataclass
class Sweeps:
    """Sweeps of one experiment on a journal."""

    runtime: Runtime
    begun: list[RunId] = field(default_factory=list)

    def begin(self, *targets: str, seed: int = 1, **asked: object) -> tuple[Run, SweepSpec]:
        wanted = {
            "circuit": CIRCUIT, "points": ["theta=0:3:3"], "observables": [], "shots": 50,
            "repetitions": 1, "mitigate": "none", "seed": seed, "target": list(targets), **asked,
        }  # fmt: skip
        run_id = RunId(f"{len(self.begun) + 1:032x}")
        text = canonical(wanted).decode()
        run = Run(run_id, "sweep", "team", ", ".join(targets), seed, text, NOW)
        self.begun.append(run_id)
        run = self.runtime.journal.begin(run)
        return run, inputs_of(request_as(SweepRequest, run), keep=self.runtime.pins(run_id)).spec

    def buy(self, run: Run, target: str) -> None:
        self.runtime.journal.intend(an_execution(run=run.at(target)), reserve=True)

    def end(self, run: Run) -> None:
        self.runtime.journal.end(run.run_id, RunState.COMPLETED)
        release(run.run_id, home=self.runtime.home)


@pytest.fixture
def sweeps(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sweeps]:
    place = places.new()
    home = Home(tmp_path / "home", place if isinstance(place, str) else "")
    monkeypatch.setattr("tasks.workloads.sweep.same_work._PAUSE_S", 0.1)
    made = Sweeps(open_runtime(home))
    yield made
    for run_id in made.begun:
        release(run_id, home=home)


def holding(home: Home, run_id: str, *names: str) -> "subprocess.Popen[str]":
    """Start a process that has claimed a run, and more for it."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.root), home.journal_url, run_id, *names],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    return holder


def kill(holder: "subprocess.Popen[str]") -> None:
    holder.kill()
    holder.wait()
    if holder.stdout:
        holder.stdout.close()


def test_however_many_sweeps_share_devices_one_has_each_at_a_time_and_all_get_their_turn(
    sweeps: Sweeps,
) -> None:
    home, inside, crowded = sweeps.runtime.home, dict.fromkeys(DEVICES, 0), list[str]()
    dice, lock = random.Random(1), threading.Lock()  # noqa: S311 - the same each time
    wanted = [dice.sample(DEVICES, dice.randint(1, 3)) for _ in range(9)]
    begun = [sweeps.begin(*targets) for targets in wanted]

    def work(place: int) -> RunId:
        run, spec = begun[place]
        claim(run.run_id, home=home)
        await_turn(run, spec, runtime=sweeps.runtime)
        for change in (1, -1):
            with lock:
                for target in run.targets:
                    inside[target] += change
                    crowded.extend([target] * (inside[target] > 1))
            time.sleep(0.01)
        sweeps.end(run)
        return run.run_id

    with ThreadPoolExecutor(len(begun)) as pool:
        ended = list(pool.map(work, range(len(begun)), timeout=600))
    assert ended == [run.run_id for run, _ in begun]
    assert crowded == []


def test_other_experiments_other_devices_and_what_is_simulated_wait_for_nobody(
    sweeps: Sweeps,
) -> None:
    home = sweeps.runtime.home
    first, spec = sweeps.begin(DEVICES[0])
    holder = holding(home, first.run_id, work_name(spec, DEVICES[0]))
    try:
        for targets, asked in (
            ((DEVICES[1],), {}),
            ((DEVICES[0],), {"seed": 2}),
            ((DEVICES[0],), {"debias": True}),
            (("emulator:garnet",), {}),
        ):
            run, other = sweeps.begin(*targets, **asked)  # type: ignore[arg-type]  # of asked
            await_turn(run, other, runtime=sweeps.runtime)
            sweeps.end(run)
    finally:
        kill(holder)


def test_who_waits_says_for_which_run_once_and_can_be_cancelled(sweeps: Sweeps) -> None:
    home, told = sweeps.runtime.home, list[Event]()
    first, spec = sweeps.begin(DEVICES[0])
    second, _ = sweeps.begin(DEVICES[0])
    holder = holding(home, first.run_id, work_name(spec, DEVICES[0]))
    try:
        claim(second.run_id, home=home)

        def cancel(event: Event) -> None:
            if event.name == "run.waiting":
                told.append(event)
                sweeps.runtime.journal.request_cancel(second.run_id)

        with listening(cancel), pytest.raises(RunCancelled):
            await_turn(second, spec, runtime=sweeps.runtime)
        assert [event.fields["holder"] for event in told] == [f"run {first.run_id}"]
        assert claimed_beside(second.run_id) == frozenset()
    finally:
        kill(holder)


def test_what_a_killed_sweep_had_is_taken_over_with_the_run_itself(sweeps: Sweeps) -> None:
    home = sweeps.runtime.home
    first, spec = sweeps.begin(DEVICES[0])
    sweeps.buy(first, DEVICES[0])
    holder = holding(home, first.run_id, work_name(spec, DEVICES[0]))
    second, _ = sweeps.begin(DEVICES[0])
    claim(second.run_id, home=home)
    with listening(lambda event: kill(holder) if event.name == "run.waiting" else None):
        await_turn(second, spec, runtime=sweeps.runtime)
    assert stopped(second, runtime=sweeps.runtime) == (first,)
    assert is_claimed(first.run_id, home=home)
    sweeps.end(second)
    assert not is_claimed(first.run_id, home=home)


@pytest.mark.parametrize("bought", [False, True])
def test_who_has_bought_nothing_gives_way_to_a_run_that_was_taken_up_again(
    bought: bool, sweeps: Sweeps
) -> None:
    """Of two that have bought something the older one goes first, and takes the other one over."""
    home = sweeps.runtime.home
    mine, spec = sweeps.begin(DEVICES[0])
    other, _ = sweeps.begin(DEVICES[0])
    sweeps.buy(other, DEVICES[0])
    if bought:
        sweeps.buy(mine, DEVICES[0])
    holder, waited = holding(home, other.run_id), list[str]()
    try:
        claim(mine.run_id, home=home)

        def hear(event: Event) -> None:
            if event.name == "run.waiting":
                waited.append(event.fields["holder"])
                assert claim_beside(RunId("x"), [work_name(spec, DEVICES[0])], home=home) is None
                release(RunId("x"), home=home)
                kill(holder)

        with listening(hear):
            await_turn(mine, spec, runtime=sweeps.runtime)
        assert waited == ([] if bought else [f"run {other.run_id}"])
    finally:
        kill(holder)
