"""Learn how all qubits are misread that some circuit of a batch measures, once for all circuits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from datasets.records.executions import Collected, Execution, Purpose
from tasks.backends.targets import is_bought
from tasks.context.runtime import Runtime
from tasks.core.canaries.suite import TOGETHER, Bundle, readout_bundle
from tasks.core.identity import digest
from tasks.core.mitigation.readout import VARIANTS, Confusion, check_informative
from tasks.core.money.quotes import Quote, quote_executions
from tasks.core.planning.planner import plan_readout
from tasks.core.planning.samples import counts_by_variant
from tasks.core.progress.events import emit
from tasks.execution.landing import land_counts
from tasks.program import readouts
from tasks.program.experiment import execute
from tasks.rows.rows import compiled_row, program_row
from tasks.workloads.batch.batch import Batch

_AT_ONCE: Final = 64  # qubits: what an outcome has room for
_SEED_DIGITS: Final = 13


@dataclass(frozen=True, slots=True)
class Misreading:
    """How the qubits of a batch are misread, by their labels on the device."""

    learnt: Mapping[int, readouts.Misread]

    def of(self, labels: Sequence[int]) -> Confusion:
        """Return the confusion of some qubits, in this order."""
        return readouts.confusion_of([self.learnt[label] for label in labels])


def measured_qubits(batch: Batch) -> tuple[int, ...]:
    """Return the qubits that some circuit measures."""
    return tuple(sorted({q for each in batch.compiled.values() for q in each.measured_qubits}))


def quoted(batch: Batch, *, shots: int, runtime: Runtime) -> Quote:
    """Return what it costs to learn it; nothing where it is not wanted, or a canary just has."""
    if not batch.inputs.is_corrected or _known(batch, shots=shots, runtime=runtime):
        return Quote()
    executions = [one for _, each in _planned(batch, shots=shots) for one in each]
    return quote_executions(executions, snapshot=batch.snapshot)


def learn(batch: Batch, *, shots: int, runtime: Runtime) -> Misreading:
    """Return how each qubit is misread, and land where that is from.

    Raises:
        ExecutionFailed: a qubit is misread so often that its outcomes carry no information.
    """
    known = _known(batch, shots=shots, runtime=runtime)
    found = _reused(batch, known, runtime) if known else _measured(batch, shots, runtime)
    check_informative(readouts.confusion_of(found))
    return Misreading(dict(zip(measured_qubits(batch), found, strict=True)))


def _known(batch: Batch, *, shots: int, runtime: Runtime) -> tuple[readouts.Misread, ...]:
    """Return what a canary has learnt of all the qubits; else nothing."""
    hardest = batch.hardest
    every = replace(hardest.compiled, measured_qubits=measured_qubits(batch))
    return readouts.chosen(replace(hardest, compiled=every), shots=shots, runtime=runtime)


def _reused(
    batch: Batch, known: tuple[readouts.Misread, ...], runtime: Runtime
) -> tuple[readouts.Misread, ...]:
    run = runtime.journal.run(batch.run_id)
    rows = readouts.readout_rows(known, run=run, calibration_id=batch.snapshot.calibration_id)
    runtime.lake.land_all(
        {"readouts": [((run.run_id, f"readout-{run.target}"), rows)]}, run_id=run.run_id
    )
    emit("readout.reused", execution_id=known[0].execution_id)
    return known


def _measured(batch: Batch, shots: int, runtime: Runtime) -> tuple[readouts.Misread, ...]:
    """Run two circuits a bundle; what they say is landed also if nothing can be mitigated."""
    run, found = runtime.journal.run(batch.run_id), list[readouts.Misread]()
    dispatch, every = runtime.dispatch(run), list(_planned(batch, shots=shots))
    _land_circuits([bundle for bundle, _ in every], batch, runtime)
    collected = list[Collected]()
    for bundle, executions in every:
        back = execute(executions, dispatch=dispatch)
        zeros, ones = (counts_by_variant(back)[variant] for variant in VARIANTS)
        entry = runtime.journal.execution(back[0].execution.execution_id)
        labels = bundle.compiled.measured_qubits
        found += readouts.learnt(zeros, ones, labels=labels, entry=entry)
        collected += back
    rows = readouts.readout_rows(found, run=run, calibration_id=batch.snapshot.calibration_id)
    land_counts(collected, runtime=runtime, chunk=f"readout-{run.target}", readouts=rows)
    return tuple(found)


def _planned(batch: Batch, *, shots: int) -> list[tuple[Bundle, tuple[Execution, ...]]]:
    """Return the bundles, as large as a device reads or a simulator simulates, with what they buy.

    Their executions hold one compiled program each, their own.
    """
    every, setting = measured_qubits(batch), batch.setting(Purpose.READOUT)
    together = _AT_ONCE if is_bought(batch.target) else TOGETHER
    parts = [every[start : start + together] for start in range(0, len(every), together)]
    bundles = [readout_bundle(part, snapshot=batch.snapshot) for part in parts]
    return [
        (
            bundle,
            plan_readout(
                bundle.compiled,
                snapshot=batch.snapshot,
                shots=shots,
                setting=replace(setting, seed=_seed(batch.seed, number)),
            ),
        )
        for number, bundle in enumerate(bundles)
    ]


def _seed(seed: int, number: int) -> int:
    return int(digest([seed, number])[:_SEED_DIGITS], 16)


def _land_circuits(bundles: Sequence[Bundle], batch: Batch, runtime: Runtime) -> None:
    runtime.lake.land_all(
        {
            "programs": [((b.program.program_id,), [program_row(b.program)]) for b in bundles],
            "compiled_programs": [
                ((b.compiled.compiled_id,), [compiled_row(b.compiled, snapshot=batch.snapshot)])
                for b in bundles
            ],
        },
        run_id=batch.run_id,
    )
