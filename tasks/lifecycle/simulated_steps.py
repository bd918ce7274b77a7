"""The steps of a loop that is simulated here: written down and landed some at a time.

Nobody charges for them, and each gives the same counts however often it is run. So nothing is
written ahead: what a kill takes is simulated again, and ends as if nothing had happened.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from datasets.journal.rows import Entry
from datasets.records.executions import ExecutionState, Purpose
from datasets.records.runs import Iteration
from tasks.core.events import emit
from tasks.errors import RunCancelled, StorageFault
from tasks.lifecycle.dispatch import Dispatch
from tasks.lifecycle.loop_measuring import Measured, Measuring
from tasks.lifecycle.loop_rows import count_columns, estimate_columns
from tasks.lifecycle.rows import execution_row, iteration_row
from tasks.lifecycle.runtime import Runtime
from tasks.lifecycle.steps import Point

LANDED_EVERY_S = 30.0  # a landing takes half a second, whatever it lands
MAX_ROWS = 2**20  # counts that are kept in memory
_COMPILED_OTHERWISE = "Another release simulated it, and was killed before its counts had landed."
ASKED_EVERY_S = 0.5  # how long a cancelled run may go on unknowing


@dataclass(slots=True)
class SimulatedSteps:
    """The steps of one run; those in `_waiting` are not written down yet."""

    measuring: Measuring
    runtime: Runtime
    dispatch: Dispatch
    _waiting: list[tuple[Measured, Iteration]] = field(default_factory=list)
    _n_rows: int = 0
    _landed_s: float = field(default_factory=time.monotonic)
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
        self._waiting.append((measured, iteration))
        self._n_rows += len(measured.block.outcomes)
        return iteration

    def passed(self, done: Sequence[Iteration]) -> None:
        """Write down and land what waits, when that is much or has waited long."""
        del done
        waited_s = time.monotonic() - self._landed_s
        if self._waiting and (waited_s > LANDED_EVERY_S or self._n_rows > MAX_ROWS):
            self._write()

    def end(self, done: Sequence[Iteration]) -> None:
        """Land what waits, and what was written down and not landed before."""
        self._write()
        run_id, journal = self.dispatch.run_id, self.runtime.journal
        there = self.runtime.lake.names("estimates", run_id)
        lost = [chunk for chunk in journal.chunks(run_id) if chunk not in there]
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

    def _write(self) -> None:
        """Write what waits down, and land it."""
        if self._waiting:
            measured, made = zip(*self._waiting, strict=True)
            entries = [self.measuring.entry(each) for each in measured]
            chunk = f"iterations-{made[0].iteration:06d}"
            self.runtime.journal.keep(entries, made=made, chunk=chunk)
            self._land(chunk, entries, measured, made)
        self._waiting, self._n_rows, self._landed_s = [], 0, time.monotonic()

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
            "iterations": [iteration_row(iteration) for iteration in made],
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
            ((run_id, f"iteration-{one.iteration:06d}"), [iteration_row(one)]) for one in alone
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
        rows = [iteration_row(iteration) for iteration in made]
        self.runtime.lake.land_all({"iterations": [((run_id, chunk), rows)]}, run_id=run_id)
        self.runtime.journal.lose(lost, reason=_COMPILED_OTHERWISE)
