"""A loop on a simulator takes one call an iteration, and ends alike however often it is stopped."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.home import Home
from datasets.lake.lake import Lake
from datasets.problems.catalogue import load
from datasets.records.executions import ExecutionState, RunId
from datasets.records.runs import Run
from tasks.context.runtime import Runtime
from tasks.core.compilation.compiler import compile_program
from tasks.core.mitigation.composition import Mitigation
from tasks.core.mitigation.readout import Confusion
from tasks.core.optimisers import registry
from tasks.core.optimisers.session import Optimum
from tasks.core.physics.ansatz import build
from tasks.core.physics.grouping import group
from tasks.core.progress.events import Event, listening
from tasks.errors import RunCancelled, StorageFault
from tasks.program.experiment import Experiment, Search
from tasks.workloads.search import local
from tasks.workloads.search.local import SimulatedSteps
from tasks.workloads.search.loop import Loop, steps
from tests.tasks.execution.fake_target import a_journal

pytestmark = pytest.mark.slow

RUN = RunId("a" * 32)
CONFUSION = Confusion(np.full(4, 0.02), np.full(4, 0.05), 2000)


@lru_cache
def experiment(ansatz: str = "uccsd") -> Experiment:
    snapshot = resolve("local:sv")
    program = build(load("h2"), kind=ansatz)  # type: ignore[arg-type]
    groups = group(program.observable)
    compiled = compile_program(program, snapshot=snapshot, bases=[g.basis for g in groups])
    return Experiment(RUN, 7, "local:sv", program, groups, snapshot, compiled)


def search(of: Experiment, *, optimizer: str = "spsa", iterations: int = 6) -> Search:
    start = (0.4,) * len(of.program.parameters)
    return Search(optimizer, start, iterations, Mitigation.parse("readout"), 300, 300, 300)


@dataclass(frozen=True, slots=True)
class Shelf(Lake):
    """A lake that keeps rows in memory, and refuses others under the same key."""

    files: dict[tuple[str, ...], list[Mapping[str, Any]]] = field(default_factory=dict)

    def land_all(
        self, batches: Mapping[str, Sequence[Any]], *, run_id: str, once_in: Sequence[str] = ()
    ) -> tuple[Any, ...]:
        del once_in  # one loop lands each step once
        for table, items in batches.items():
            for key, rows in items:
                plain = rows if isinstance(rows, list) else rows.to_pylist()
                timeless = [{n: v for n, v in r.items() if n != "elapsed_s"} for r in plain]
                assert key[0] == run_id
                assert self.files.setdefault((table, *key), timeless) == timeless
        return ()

    def names(self, table: str, folder: str) -> frozenset[str]:
        return frozenset(key[2] for key in self.files if key[:2] == (table, folder))

    def rows(self, table: str) -> Counter[str]:
        """Return the rows of a table, without when they were made."""
        return Counter(
            repr({n: v for n, v in row.items() if not n.endswith("_at")})
            for key, rows in self.files.items()
            if key[0] == table
            for row in rows
        )


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    opened = a_runtime(tmp_path)
    yield opened
    opened.journal.close()


def a_runtime(folder: Path) -> Runtime:
    made = Runtime(Home(folder), a_journal(), Shelf("shelf", folder))
    made.home.cache.mkdir()
    made.home.spool.mkdir()
    made.journal.begin(Run(RUN, "vqe", "team", "local:sv", 7, "{}", datetime.now(UTC)))
    return made


def a_loop(runtime: Runtime, *, optimizer: str = "spsa", of: Experiment | None = None) -> Loop:
    made = of or experiment()
    wanted = search(made, optimizer=optimizer)
    taken = steps(made, search=wanted, confusion=CONFUSION, runtime=runtime)
    assert isinstance(taken, SimulatedSteps)
    return Loop(made, wanted, taken, runtime.journal.iterations(RUN))


class Killed(BaseException):
    """As if the process had ended."""


def run_until(runtime: Runtime, event: str, number: int) -> Optimum | None:
    """Run the loop up to the n-th event of a name, or to its end."""
    left = number

    def hear(heard: Event) -> None:
        nonlocal left
        left -= heard.name == event
        if left == 0:
            raise Killed

    with suppress(Killed), listening(hear):
        return a_loop(runtime).run()
    return None


def ended(runtime: Runtime) -> dict[str, object]:
    """Return all that a loop leaves behind, without ids of places and times."""
    assert isinstance(runtime.lake, Shelf)
    done = runtime.journal.iterations(RUN)
    tables = ("executions", "counts", "estimates", "iterations")
    return {table: runtime.lake.rows(table) for table in tables} | {
        "done": [replace(iteration, elapsed_s=0.0) for iteration in done],
        "states": {entry.state for entry in runtime.journal.executions(RUN)},
    }


@settings(max_examples=15)
@given(
    max_rows=st.integers(1, 700),
    kills=st.lists(
        st.tuples(
            st.sampled_from(["iteration.completed", "journal.written", "chunk.landed"]),
            st.integers(1, 6),
        ),
        max_size=5,
    ),
)
def test_a_loop_that_is_killed_anywhere_ends_as_if_nothing_had_happened(
    max_rows: int, kills: list[tuple[str, int]]
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        whole, killed = a_runtime(Path(one)), a_runtime(Path(other))
        expected = a_loop(whole).run()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(local, "MAX_ROWS", max_rows)
            for event, number in kills:
                run_until(killed, event, number)
            assert a_loop(killed).run() == expected
        assert ended(killed) == ended(whole)
        assert ended(killed)["states"] == {ExecutionState.LANDED}


def test_a_loop_that_is_killed_goes_on_from_what_it_wrote_down_a_moment_ago(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "LEAST_KEPT_S", 0.0)
    monkeypatch.setattr(local, "KEPT_EVERY_S", 0.0)
    run_until(runtime, "iteration.completed", 5)
    done = runtime.journal.iterations(RUN)
    assert len(done) == 4  # all but the one that it was at
    assert isinstance(runtime.lake, Shelf)
    assert runtime.lake.rows("iterations").total() == 0
    heard: list[Event] = []
    with listening(heard.append):
        a_loop(runtime).run()
    replayed = [event for event in heard if event.fields.get("replayed")]
    assert len(replayed) == 4
    assert runtime.journal.iterations(RUN)[:4] == done
    assert runtime.lake.rows("iterations").total() == len(runtime.journal.iterations(RUN))


def test_progress_is_written_down_every_second_and_takes_a_hundredth_of_the_time(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s, taken = [0.0], []
    monkeypatch.setattr(local.time, "monotonic", lambda: now_s[0])
    keep = runtime.journal.keep

    def slow(*kept: Any, **rest: Any) -> None:
        taken.append(now_s[0])
        now_s[0] += 0.004
        keep(*kept, **rest)

    monkeypatch.setattr(runtime.journal, "keep", slow)

    def step(event: Event) -> None:
        if event.name == "iteration.completed":
            now_s[0] += 0.1

    with listening(step):
        a_loop(runtime).run()
    assert taken
    assert all(later - earlier <= 1.1 for earlier, later in pairwise([0.0, *taken]))
    assert all(later - earlier >= 0.3 for earlier, later in pairwise(taken[:-1]))


@pytest.mark.parametrize("optimizer", registry.known())
@pytest.mark.parametrize("ansatz", ["uccsd", "hea"])
def test_an_iteration_is_one_call_of_the_engine_with_all_its_points(
    optimizer: str, ansatz: str, runtime: Runtime
) -> None:
    made = experiment(ansatz)
    loop = a_loop(runtime, optimizer=optimizer, of=made)
    assert isinstance(loop.steps, SimulatedSteps)
    measuring, asked = loop.steps.measuring, []

    @dataclass(frozen=True)
    class Counting:
        inner: Any = measuring.lowered

        def counts(self, points: np.ndarray, **rest: Any) -> Any:
            asked.append(points)
            return self.inner.counts(points, **rest)

    measuring.lowered = Counting()  # type: ignore[assignment]
    optimum = loop.run()
    assert len(asked) == optimum.iterations
    most = registry.points_per_iteration(optimizer, made.program.frequencies)
    assert max(len(points) for points in asked) == most
    if optimizer in {"spsa", "l-bfgs-b", "slsqp"}:
        assert {len(points) for points in asked} == {most}


def test_a_cancelled_loop_lands_what_it_has(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "ASKED_EVERY_S", 0.0)

    def cancel(event: Event) -> None:
        if event.name == "iteration.completed" and event.fields["iteration"] == 2:
            runtime.journal.request_cancel(RUN)

    with listening(cancel), pytest.raises(RunCancelled):
        a_loop(runtime).run()
    assert len(runtime.journal.iterations(RUN)) == 3
    assert isinstance(runtime.lake, Shelf)
    assert runtime.lake.rows("iterations").total() == 3
    assert {e.state for e in runtime.journal.executions(RUN)} == {ExecutionState.LANDED}


def test_what_cannot_be_simulated_again_alike_is_not_landed(runtime: Runtime) -> None:
    run_until(runtime, "chunk.landed", 1)
    loop = a_loop(runtime)
    assert isinstance(loop.steps, SimulatedSteps)
    loop.steps.measuring.experiment = replace(experiment(), seed=8)
    with runtime.journal._writing("test") as connection:  # noqa: SLF001 - as a kill would leave it
        connection.exec_driver_sql("UPDATE executions SET state = 'completed'")
    with pytest.raises(StorageFault, match="has other energies than the journal holds"):
        loop.run()


def test_what_was_kept_stands(runtime: Runtime) -> None:
    a_loop(runtime).run()
    entries, done = runtime.journal.executions(RUN), runtime.journal.iterations(RUN)
    changed = [replace(iteration, shots=1) for iteration in done]
    other = [replace(entry, state=ExecutionState.FAILED, handle="x") for entry in entries]
    runtime.journal.keep(other, made=changed, chunk="another")
    assert runtime.journal.executions(RUN) == entries
    assert runtime.journal.iterations(RUN) == done
    ids = [entry.execution.execution_id for entry in entries]
    assert set(runtime.journal.assign_chunk(ids, "third").values()) == {"iterations-000000"}
