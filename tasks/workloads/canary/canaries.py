"""Canaries on one device: what is bought, what was to be expected, what is made of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Collected, Execution, Purpose
from datasets.records.runs import Run
from datasets.records.states import Standing
from tasks.backends import noise
from tasks.backends.lowered import lower
from tasks.context.elapsed import elapsed_s
from tasks.core.canaries.scores import Score, judged, scores
from tasks.core.canaries.suite import TOGETHER, Bundle, chain_bundle, readout_bundles
from tasks.core.identity import digest
from tasks.core.mitigation.readout import VARIANTS
from tasks.core.money.quotes import Quote, quote_circuits, quote_executions
from tasks.core.planning.planner import plan_circuits
from tasks.core.planning.samples import counts_by_variant
from tasks.execution.landing import land_counts
from tasks.program import readouts
from tasks.program.experiment import Experiment
from tasks.quotes.record import told_bill, told_costs
from tasks.requests.canary import CanaryRequest
from tasks.rows.rows import compiled_row, program_row

if TYPE_CHECKING:
    from tasks.context.runtime import Runtime

CHUNK: Final = "canaries"
_SEED_DIGITS: Final = 13


@dataclass(frozen=True, slots=True)
class Suite:
    """The canaries of one run, in bundles that share their qubits."""

    experiment: Experiment
    bundles: tuple[Bundle, ...]
    shots: int
    readout_shots: int
    tolerance: float

    def shots_of(self, bundle: Bundle) -> int:
        """Return the shots of each circuit of a bundle."""
        return self.readout_shots if bundle.is_readout else self.shots


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of the canaries, and when the device was done with them."""

    scores: tuple[Score, ...]
    at: datetime


def designed(experiment: Experiment, *, request: CanaryRequest) -> Suite:
    """Return the canaries: on the qubits that the compiler has chosen, and each qubit's readout."""
    chain = chain_bundle(
        experiment.program,
        ghz=experiment.compiled,
        snapshot=experiment.snapshot,
        mirrors=request.mirrors,
        layers=request.layers,
        seed=experiment.seed,
    )
    return Suite(
        experiment,
        (chain, *readout_bundles(experiment.snapshot)),
        shots=request.shots,
        readout_shots=request.readout_shots,
        tolerance=request.tolerance,
    )


def planned(suite: Suite) -> tuple[Execution, ...]:
    """Return the executions that run the canaries, a task a bundle where they fit."""
    return tuple(
        execution
        for number, bundle in enumerate(suite.bundles)
        for execution in _planned(suite, bundle, number=number)
    )


def quoted(suite: Suite) -> Quote:
    """Return what the canaries buy."""
    return quote_executions(planned(suite), snapshot=suite.experiment.snapshot)


def priced(snapshot: DeviceSnapshot, *, request: CanaryRequest) -> Quote:
    """Return what `quoted` says of the canaries of a device, without designing them."""
    chain = quote_circuits(1 + request.mirrors, shots=request.shots, snapshot=snapshot)
    readout = quote_circuits(
        len(VARIANTS), shots=request.readout_shots, snapshot=snapshot, readout=True
    )
    return chain + readout.times(-(-snapshot.n_qubits // TOGETHER))


def land_programs(suite: Suite, *, runtime: "Runtime") -> None:
    """Land the circuits, as programs and in native gates."""
    bundles, snapshot = suite.bundles, suite.experiment.snapshot
    runtime.lake.land_all(
        {
            "programs": [((b.program.program_id,), [program_row(b.program)]) for b in bundles[1:]],
            "compiled_programs": [
                ((b.compiled.compiled_id,), [compiled_row(b.compiled, snapshot=snapshot)])
                for b in bundles
            ],
        },
        run_id=suite.experiment.run_id,
    )


def checked(suite: Suite, collected: Sequence[Collected], *, runtime: "Runtime") -> Checked:
    """Score every bundle, and hold all together against the level."""
    every = [score for bundle in suite.bundles for score in _scores(suite, bundle, collected)]
    entries = [runtime.journal.execution(item.execution.execution_id) for item in collected]
    return Checked(judged(every), max(entry.ended_at or entry.created_at for entry in entries))


def land(
    suite: Suite, collected: Sequence[Collected], found: Checked, *, run: Run, runtime: "Runtime"
) -> None:
    """Land counts, scores, and how each qubit was misread."""
    calibration_id = suite.experiment.snapshot.calibration_id
    same = {"run_id": run.run_id, "target": run.target, "calibration_id": calibration_id}
    told = ("circuit", "score", "baseline", "p_value", "passed")
    rows = [
        same | {name: getattr(score, name) for name in told} | {"at": found.at}
        for score in found.scores
    ]
    misread = _misread(suite, collected, runtime=runtime)
    land_counts(
        collected,
        runtime=runtime,
        chunk=CHUNK,
        canaries=rows,
        readouts=readouts.readout_rows(misread, run=run, calibration_id=calibration_id),
    )


def result(
    suite: Suite,
    found: Checked,
    standing: Standing,
    *,
    run: Run,
    plan: Quote,
    runtime: "Runtime",
) -> dict[str, Any]:
    """Return the run's answer; plain JSON types."""
    entries = runtime.journal.executions(run.run_id)
    snapshot, failed = suite.experiment.snapshot, [s for s in found.scores if not s.passed]
    return {
        "run_id": run.run_id,
        "state": "completed",
        "target": run.target,
        "calibration_id": snapshot.calibration_id,
        "passed": not failed,
        "standing": standing.state.value,
        "reason": standing.reason,
        "canaries": [asdict(score) for score in found.scores],
        "qubits": list(suite.experiment.compiled.measured_qubits),
        "executions": len(entries),
        "shots": sum(entry.execution.shots for entry in entries),
        **told_costs(entries),
        "quote_usd": float(runtime.journal.run(run.run_id).quote_usd or 0),
        "plan": plan.plain(),
        "bill": told_bill(entries, prices={run.target: snapshot.prices}),
        "wall_s": elapsed_s(run),
        "lake": str(runtime.home.lake),
    }


def expected(suite: Suite, bundle: Bundle) -> dict[str, NDArray[np.float64]]:
    """Return the outcome probabilities of each circuit, if the device is as it was calibrated."""
    lowered = lower(
        [canary.circuit for canary in bundle.canaries],
        measured_qubits=bundle.compiled.measured_qubits,
        names=(),
        noise=noise.of(suite.experiment.snapshot),
    )
    found = lowered.probabilities(np.zeros((1, 0))).values
    return {
        canary.variant: values[0] for canary, values in zip(bundle.canaries, found, strict=True)
    }


def _planned(suite: Suite, bundle: Bundle, *, number: int) -> tuple[Execution, ...]:
    experiment, basis = suite.experiment, "Z" * len(bundle.compiled.measured_qubits)
    seed = int(digest([experiment.seed, number])[:_SEED_DIGITS], 16)
    return plan_circuits(
        [canary.circuit for canary in bundle.canaries],
        points=[{}],
        numbers=[0],
        keys=[(basis, canary.variant) for canary in bundle.canaries],
        shots=suite.shots_of(bundle),
        compiled=bundle.compiled,
        snapshot=experiment.snapshot,
        setting=replace(experiment.setting(Purpose.CANARY), seed=seed),
    )


def _of(bundle: Bundle, collected: Sequence[Collected]) -> list[Collected]:
    wanted = bundle.compiled.compiled_id
    return [item for item in collected if item.execution.compiled_id == wanted]


def _scores(suite: Suite, bundle: Bundle, collected: Sequence[Collected]) -> tuple[Score, ...]:
    return scores(
        bundle,
        counts=counts_by_variant(_of(bundle, collected)),
        expected=expected(suite, bundle),
        tolerance=suite.tolerance,
    )


def _misread(
    suite: Suite, collected: Sequence[Collected], *, runtime: "Runtime"
) -> list[readouts.Misread]:
    found: list[readouts.Misread] = []
    for bundle in (bundle for bundle in suite.bundles if bundle.is_readout):
        ours = _of(bundle, collected)
        counts = counts_by_variant(ours)
        zeros, ones = (counts[variant] for variant in VARIANTS)
        entry = runtime.journal.execution(ours[0].execution.execution_id)
        labels = bundle.compiled.measured_qubits
        found += readouts.learnt(zeros, ones, labels=labels, entry=entry)
    return found
