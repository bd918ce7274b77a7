"""What a variational run found, with what it takes to trust and to trace it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from datasets.journal.rows import Entry
from datasets.records.executions import Estimate
from datasets.records.problems import Problem
from datasets.records.runs import Iteration, Run
from tasks.core.mitigation.composition import Sample, scale_energies
from tasks.core.mitigation.readout import Confusion
from tasks.core.money.quotes import Quote
from tasks.core.optimisers.session import Optimum
from tasks.program.experiment import Experiment
from tasks.quotes.record import told_bill, told_costs


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """The energy under `mitigation` (first) and each part of it, and every Pauli string's value."""

    sample: Sample
    energies: tuple[Estimate, ...]
    terms: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class VqeResult:
    """One object for the command line, the journal and the report; plain JSON types only.

    Energies are in the problem's unit (hartree for molecules). `scales` holds (noise scale, energy,
    standard error) of the final estimate, `cost_usd` is what was charged, `what_if_usd` what the
    target's published prices make of the run where nobody charges. `outside` tells estimates beyond
    what their observables can be. `plan` is what was quoted,
    `Quote.plain`, and `bill` what was charged, item by item; nothing where nobody charges.
    """

    run_id: str
    state: str
    problem: str
    energy: float
    stderr: float
    raw_energy: float
    raw_stderr: float
    exact_energy: float | None
    exact_of: str
    method: str
    parameters: tuple[float, ...]
    converged: bool
    iterations: int
    executions: int
    points: int
    shots: int
    cost_usd: float
    what_if_usd: float
    quote_usd: float
    plan: dict[str, Any]
    bill: list[dict[str, Any]]
    wall_s: float
    target: str
    calibration_id: str
    compiled_id: str
    two_qubit_gates: int
    depth: int
    estimated_success: float
    qubits: tuple[int, ...]
    reason: str
    selection: str
    outside: tuple[str, ...]
    scales: tuple[tuple[int, float, float], ...]
    lake: str
    report: str


def vqe_result(
    experiment: Experiment,
    *,
    run: Run,
    problem: Problem,
    optimum: Optimum,
    iterations: Sequence[Iteration],
    executions: Sequence[Entry],
    estimated: Estimated,
    confusion: Confusion | None,
    quoted: Quote,
    selection: str,
    outside: Sequence[str],
    wall_s: float,
    lake: str,
    report: str,
) -> VqeResult:
    """Put the result together; `executions` are all that the run bought."""
    compiled, final = experiment.compiled, estimated.energies[0]
    return VqeResult(
        run_id=run.run_id,
        state="completed",
        problem=problem.name,
        energy=final.value,
        stderr=final.stderr,
        raw_energy=final.raw_value,
        raw_stderr=final.raw_stderr,
        exact_energy=problem.exact_energy,
        exact_of=problem.exact_of,
        method=final.method,
        parameters=optimum.parameters,
        converged=optimum.converged,
        iterations=len(iterations),
        executions=len(executions),
        points=sum(len(iteration.points) for iteration in iterations) + 1,
        shots=sum(entry.execution.shots for entry in executions),
        **told_costs(executions),
        quote_usd=float(run.quote_usd or 0),
        plan=quoted.plain(),
        bill=told_bill(executions, prices={run.target: experiment.snapshot.prices}),
        wall_s=wall_s,
        target=run.target,
        calibration_id=experiment.snapshot.calibration_id,
        compiled_id=compiled.compiled_id,
        two_qubit_gates=compiled.metrics.two_qubit_gates,
        depth=compiled.metrics.depth,
        estimated_success=compiled.metrics.estimated_success,
        qubits=compiled.measured_qubits,
        reason=compiled.reason,
        selection=selection,
        outside=tuple(outside),
        scales=scale_energies(estimated.sample, confusion=confusion),
        lake=lake,
        report=report,
    )


def plain(result: VqeResult) -> dict[str, object]:
    """Return the result as a dictionary of JSON types."""
    return asdict(result)
