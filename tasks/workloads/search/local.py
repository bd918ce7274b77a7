"""The steps of a simulated loop: journaled and landed in chunks.

Nobody charges for them, and each gives the same counts however often it is run. So nothing is
written ahead: what a kill takes, less than a second of the loop, is simulated again, and ends as if
nothing had happened.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from datasets.journal.rows import Entry
from datasets.records.executions import ExecutionState, Purpose
from datasets.records.runs import Iteration
from tasks.context.dispatch import Dispatch
from tasks.context.runtime import Runtime
from tasks.core.progress.events import emit
from tasks.errors import RunCancelled, StorageFault
from tasks.rows.rows import execution_row, iteration_row
from tasks.workloads.search.rows import count_columns, estimate_columns
from tasks.workloads.search.simulation import Measured, Measuring
from tasks.workloads.search.steps import Point

LANDED_EVERY_S = 30.0  # a landing takes half a second, whatever it lands
KEPT_EVERY_S = 0.9  # at most; the journal takes some milliseconds for what is new
LEAST_KEPT_S = 0.3
KEEPING_SHARE = 0.01  # of the loop's time, where the journal is fast enough for that
MAX_ROWS = 2**20  # counts that are kept in memory
_COMPILED_OTHERWISE = "Another release simulated it, and was killed before its counts had landed."
ASKED_EVERY_S = 0.5  # how long a cancelled run may go on unknowing


@dataclass(slots=True)
class SimulatedSteps:
    """The steps of one run; `_fresh` ones are not written down yet, `_kept` ones not landed.

    `lost` are the chunks that it has landed and the lake has not.
    """

    measuring: Measuring
    runtime: Runtime
    dispatch: Dispatch
    lost: frozenset[str] = frozenset()
    _fresh: list[tuple[Measured, Iteration]] = field(default_factory=list)
    _kept: list[tuple[Entry, Measured, Iteration]] = field(default_factory=list)
    _n_rows: int = 0
    _landed_s: float = field(default_factory=time.monotonic)
    _due_s: float = field(default_factory=lambda: time.monotonic() + LEAST_KEPT_S)
    _asked_s: float = -ASKED_EVERY_S

    def take(self, index: int, points: tuple[Point, ...]) -> Iteration:
        """Simulate and estimate."""
        began_s = time.monotonic()
        self._check_wanted(began_s)
        measured = self.measuring.measure(index, points)
        share, found = self.measuring.share(points), measured.estimates
        iteration = Iteration(
            run_id=self.dispatch.run_id,
            iteration=index,
            points=points,
            energies=tuple(zip(found.value.tolist(), found.stderr.tolist(), strict=True)),
            shots=sum(share.shots) * len(points),
            cost_usd=share.cost_usd,
            elapsed_s=time.monotonic() - began_s,
        )
        self._fresh.append((measured, iteration))
        self._n_rows += len(measured.block.outcomes)
        return iteration

    def passed(self, done: Sequence[Iteration]) -> None:
        """Journal new iterations every second; land them by number or by age."""
        del done
        now_s = time.monotonic()
        late = now_s - self._landed_s > LANDED_EVERY_S or self._n_rows > MAX_ROWS
        if late and (self._fresh or self._kept):
            self._write()
        elif now_s >= self._due_s:
            self._keep()

    def end(self, done: Sequence[Iteration]) -> None:
        """Land the chunk in memory, and chunks that were journaled and never landed."""
        self._write()
        run_id, journal = self.dispatch.run_id, self.runtime.journal
        there = self.runtime.lake.names("estimates", run_id)
        landed = frozenset(journal.chunks(run_id))
        lost = sorted((landed & self.lost) | (landed - there))
        for chunk, entries in journal.kept(run_id, again=lost).items():
            self._land_again(chunk, entries, done)
        self._land_alone(done)

    def _check_wanted(self, now_s: float) -> None:
        if now_s - self._asked_s < ASKED_EVERY_S:
            return
        self._asked_s = now_s
        try:
            self.dispatch.check_wanted()
        except RunCancelled:
            self._write()
            raise

    def _keep(self) -> None:
        """Journal new iterations under the chunk in which they will land."""
        began_s = time.monotonic()
        if self._fresh:
            kept = [(self.measuring.entry(each), each, made) for each, made in self._fresh]
            self._kept += kept
            self.runtime.journal.keep(
                [entry for entry, _, _ in kept],
                made=[made for _, _, made in kept],
                chunk=self._chunk(),
            )
            self._fresh = []
        now_s = time.monotonic()
        pause_s = (now_s - began_s) / KEEPING_SHARE
        self._due_s = now_s + min(max(pause_s, LEAST_KEPT_S), KEPT_EVERY_S)

    def _chunk(self) -> str:
        return f"iterations-{self._kept[0][2].iteration:06d}"

    def _write(self) -> None:
        """Journal and land the chunk in memory."""
        self._keep()
        if self._kept:
            entries, measured, made = zip(*self._kept, strict=True)
            self._land(self._chunk(), entries, measured, made)
        self._kept, self._n_rows, self._landed_s = [], 0, time.monotonic()

    def _land(
        self,
        chunk: str,
        entries: Sequence[Entry],
        measured: Sequence[Measured],
        made: Iterable[Iteration],
    ) -> None:
        run_id = self.dispatch.run_id
        executions = [entry.execution for entry in entries]
        rows = {
            "executions": [execution_row(entry) for entry in entries],
            "counts": count_columns(measured, executions=executions),
            "estimates": estimate_columns(measured, executions=executions),
            "iterations": [iteration_row(iteration, charged=False) for iteration in made],
        }
        files = {table: [((run_id, chunk), each)] for table, each in rows.items()}
        self.runtime.lake.land_all(files, run_id=run_id, once_in=[run_id])
        self.runtime.journal.landed([execution.execution_id for execution in executions])
        emit("chunk.landed", chunk=chunk)

    def _land_alone(self, done: Sequence[Iteration]) -> None:
        """Land iterations that the first release wrote down one by one, as if they were bought.

        Their counts are in the spool, and land when the run is closed.
        """
        run_id = self.dispatch.run_id
        alone = [
            done[entry.execution.iteration]
            for entry in self.runtime.journal.executions(run_id)
            if entry.execution.purpose is Purpose.ITERATION
            and entry.state is ExecutionState.COMPLETED
            and entry.execution.iteration < len(done)
        ]
        files = [
            ((run_id, f"iteration-{one.iteration:06d}"), [iteration_row(one, charged=False)])
            for one in alone
        ]
        if files:
            self.runtime.lake.land_all({"iterations": files}, run_id=run_id)

    def _land_again(self, chunk: str, entries: Sequence[Entry], done: Sequence[Iteration]) -> None:
        """Simulate a chunk that was written down and not landed, and land it."""
        made = [done[entry.execution.iteration] for entry in entries]
        measured = [self.measuring.measure(each.iteration, each.points) for each in made]
        same = all(
            found.estimates.value.tolist() == [energy for energy, _ in known.energies]
            for found, known in zip(measured, made, strict=True)
        )
        if not same:
            self._refuse_to_land(chunk, entries, made)
            return
        self._land(chunk, entries, measured, made)

    def _refuse_to_land(
        self, chunk: str, entries: Sequence[Entry], made: Sequence[Iteration]
    ) -> None:
        """Give up counts of another release that cannot be made again; its energies stand.

        Raises:
            StorageFault: it was this release that wrote them down.
        """
        run_id, here = self.dispatch.run_id, self.measuring.experiment.compiled.compiled_id
        if all(entry.execution.compiled_id == here for entry in entries):
            message = (
                f"Iteration {made[0].iteration} of run {run_id} has other energies than "
                "the journal holds: the code or its libraries have changed since. Resume it "
                "with the release that began it, or start a new run."
            )
            raise StorageFault(message)
        lost = [entry.execution.execution_id for entry in entries]
        rows = [iteration_row(iteration, charged=False) for iteration in made]
        self.runtime.lake.land_all({"iterations": [((run_id, chunk), rows)]}, run_id=run_id)
        self.runtime.journal.lose(lost, reason=_COMPILED_OTHERWISE)
