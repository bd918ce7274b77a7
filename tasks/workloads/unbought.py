"""What each flow would buy on any target, as pieces of work that are priced like its runs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from datasets.records.compiled import CompiledProgram
from datasets.records.devices import DeviceSnapshot
from datasets.records.problems import Program
from datasets.records.runs import Run
from tasks.context.device_options import applied, options_of, written
from tasks.core.canaries.suite import ghz_program
from tasks.core.mitigation.composition import Technique
from tasks.core.money.quotes import Quote
from tasks.core.physics.grouping import Group, group
from tasks.core.selection.feasibility import Candidate, Demand
from tasks.execution.retry_policy import with_retries
from tasks.program.experiment import Experiment, Prepared, Search
from tasks.program.readouts import usable
from tasks.requests.canary import CanaryRequest
from tasks.requests.of_run import request_of
from tasks.selection.selector import Piece
from tasks.workloads.batch.inputs import BatchInputs
from tasks.workloads.batch.workload import batch_piece
from tasks.workloads.canary import canaries
from tasks.workloads.pieces import search_piece, sweep_piece
from tasks.workloads.search.quote import quote_search
from tasks.workloads.sweep import pending
from tasks.workloads.sweep.history import NO_HISTORY, history_now
from tasks.workloads.sweep.inputs import SweepInputs
from tasks.workloads.sweep.sweep import Sweep

if TYPE_CHECKING:
    from tasks.context.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Unbought:
    """A run that has not begun, and is in no journal; without a runtime there is no home yet."""

    run: Run
    runtime: "Runtime | None"

    def search(self, prepared: Prepared, search: Search) -> Piece:
        """Return a variational run: all its iterations, and the final estimate."""
        piece = search_piece(self.run, prepared=prepared, search=search)
        corrected = Technique.READOUT in search.mitigation.techniques

        def quote(experiment: Experiment) -> Quote:
            learnt = corrected and self._learnt(experiment, shots=search.readout_shots)
            return quote_search(experiment, search=search, learnt=learnt)

        return self._priced(piece, prepared.program, prepared.groups, quote)

    def sweep(self, inputs: SweepInputs, *, readout_shots: int) -> Piece:
        """Return a sweep: every piece that no earlier one has measured."""
        piece = sweep_piece(inputs, readout_shots=readout_shots)

        def quote(experiment: Experiment) -> Quote:
            here, runtime = self.run.at(experiment.target), self.runtime
            spec = inputs.spec
            if experiment.target not in spec.targets:
                spec = replace(spec, targets=(experiment.target,))
            now = experiment.snapshot.calibration_id
            before = NO_HISTORY
            if runtime:
                before = history_now(spec, run=here, calibration_id=now, runtime=runtime)
            return pending.priced(
                Sweep(experiment, spec, before, inputs.read),
                readout_shots=readout_shots,
                learnt=lambda: self._learnt(experiment, shots=readout_shots),
                runtime=runtime,
            )

        return self._priced(piece, inputs.program, inputs.groups, quote)

    def batch(self, inputs: BatchInputs, *, readout_shots: int) -> Piece:
        """Return a batch: all its circuits, whatever a canary may have learnt."""
        piece = batch_piece(inputs, readout_shots=readout_shots)

        def pricing(compiled: CompiledProgram, candidate: Candidate) -> Quote:
            here = replace(candidate, snapshot=self._as_asked(candidate))
            return self._with_retries(piece.pricing(compiled, here), candidate.target)

        return replace(piece, pricing=pricing)

    def canary(self, request: CanaryRequest) -> Piece:
        """Return the canaries of a device."""
        program = ghz_program(request.qubits)
        groups = group(program.observable)
        piece = Piece(
            program,
            tuple(each.basis for each in groups),
            Demand(request.qubits, request.shots, request.readout_shots),
            _not_yet,
        )
        return self._priced(
            piece, program, groups, lambda each: canaries.priced(each.snapshot, request=request)
        )

    def _priced(
        self,
        piece: Piece,
        program: Program,
        groups: tuple[Group, ...],
        quote: Callable[[Experiment], Quote],
    ) -> Piece:
        def pricing(compiled: CompiledProgram, candidate: Candidate) -> Quote:
            target = candidate.target
            experiment = Experiment(
                run_id=self.run.run_id,
                seed=self.run.seed,
                target=target,
                program=program,
                groups=groups,
                snapshot=self._as_asked(candidate),
                compiled=compiled,
                options=written(options_of(self.run)),
            )
            return self._with_retries(quote(experiment), target)

        return replace(piece, pricing=pricing)

    def _with_retries(self, quote: Quote, target: str) -> Quote:
        journal = self.runtime.journal if self.runtime else None
        return with_retries(quote, request=request_of(self.run), target=target, journal=journal)

    def _as_asked(self, candidate: Candidate) -> DeviceSnapshot:
        """Return the device with the run's options, which are for the target that it names."""
        if candidate.target not in self.run.targets:
            return candidate.snapshot
        return applied(options_of(self.run), candidate.snapshot)

    def _learnt(self, experiment: Experiment, *, shots: int) -> bool:
        if self.runtime is None:
            return False
        here = self.run.at(experiment.target)
        return bool(usable(experiment, run=here, shots=shots, runtime=self.runtime))


def _not_yet(compiled: CompiledProgram, candidate: Candidate) -> Quote:
    """Stand in for the price until there is an experiment."""
    del compiled, candidate
    return Quote()
