"""What a run's program asks of a device, and what the whole run would cost there."""

from dataclasses import dataclass

from datasets.records.compiled import CompiledProgram
from datasets.records.runs import Run
from tasks.core.mitigation.composition import Technique
from tasks.core.money.pricing import Work, quote_work
from tasks.core.money.quotes import Quote
from tasks.core.selection.feasibility import Candidate, Demand
from tasks.program.experiment import Experiment, Prepared, Search
from tasks.selection.selector import Piece
from tasks.workloads.search.quote import quote_search
from tasks.workloads.sweep.inputs import SweepInputs


def sweep_piece(inputs: SweepInputs, *, readout_shots: int) -> Piece:
    """Return a sweep as a piece of work: every point, repetition and measurement group."""
    spec, mitigation = inputs.spec, inputs.mitigation
    corrected = Technique.READOUT in mitigation.techniques
    groups, program = inputs.groups, inputs.program
    count = len(spec.points) * spec.repetitions * len(groups)
    work = Work(count, spec.shots, mitigation, readout_shots)
    demand = Demand(program.circuit.n_qubits, spec.shots, readout_shots if corrected else None)

    def pricing(compiled: CompiledProgram, candidate: Candidate) -> Quote:
        del compiled
        return quote_work(work, snapshot=candidate.snapshot)

    return Piece(program, tuple(group.basis for group in groups), demand, pricing)


def search_piece(run: Run, *, prepared: Prepared, search: Search) -> Piece:
    """Return a variational run as a piece of work: all its iterations and the final estimate."""
    corrected = Technique.READOUT in search.mitigation.techniques
    demand = Demand(
        prepared.program.circuit.n_qubits,
        search.shots // max(1, len(prepared.groups)),
        search.readout_shots if corrected else None,
    )
    return Piece(
        prepared.program,
        tuple(group.basis for group in prepared.groups),
        demand,
        _SearchPricing(run, prepared, search),
    )


@dataclass(frozen=True, slots=True)
class _SearchPricing:
    run: Run
    prepared: Prepared
    search: Search

    def __call__(self, compiled: CompiledProgram, candidate: Candidate) -> Quote:
        experiment = Experiment(
            run_id=self.run.run_id,
            seed=self.run.seed,
            target=candidate.target,
            program=self.prepared.program,
            groups=self.prepared.groups,
            snapshot=candidate.snapshot,
            compiled=compiled,
        )
        return quote_search(experiment, search=self.search)
