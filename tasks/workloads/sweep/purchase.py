"""Buy a piece of a sweep from a device that somebody sells, point by point if it must be."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from datasets.records.blocks import CountsBlock, Form
from datasets.records.executions import Collected, Counts, Execution, Purpose
from tasks.context.dispatch import Dispatch
from tasks.core.planning.planner import plan_circuits
from tasks.core.planning.samples import added
from tasks.core.sweeps.work import Piece, without
from tasks.execution.completeness import Key, check_one_calibration
from tasks.execution.executions import gather, submit
from tasks.execution.takeovers import shared
from tasks.workloads.sweep.sweep import Measured, Sweep

if TYPE_CHECKING:
    from tasks.context.runtime import Runtime


def buy(sweep: Sweep, piece: Piece, *, dispatch: Dispatch, runtime: "Runtime") -> Measured:
    """Plan, pack, write down and buy; each task once, and a circuit that fails costs its point.

    What stopped runs have bought of the piece is part of it.
    """
    run = runtime.journal.run(sweep.experiment.run_id)
    planned = shared(
        lambda run: plan_piece(replace(sweep, experiment=sweep.experiment.of(run)), piece),
        run=run,
        dispatch=dispatch,
        runtime=runtime,
    )
    submit(planned.own, dispatch=dispatch)
    gathered = gather(planned.own, dispatch=dispatch)
    collected = (*planned.theirs, *gathered.collected)
    check_one_calibration(collected, dispatch=dispatch)
    found = _added(collected)
    missing = {key[0]: why for key, why in gathered.lost.items() if key not in found}
    kept = without(piece, sweep.spec, missing=missing)
    return Measured(
        wanted=piece,
        piece=kept,
        block=_block(found, sweep.forms, numbers=kept.numbers().tolist()),
        executions=tuple(item.execution for item in collected),
        collected=collected,
        missing=missing,
    )


def plan_piece(sweep: Sweep, piece: Piece) -> tuple[Execution, ...]:
    """Return the executions that measure a piece on a device."""
    names = sweep.read.circuit.parameters
    values = sweep.read.values(sweep.points(piece))
    return plan_circuits(
        sweep.circuits,
        points=[dict(zip(names, row, strict=True)) for row in values.tolist()],
        numbers=piece.numbers().tolist(),
        keys=[(form.basis, form.variant) for form in sweep.forms],
        shots=piece.shots,
        compiled=sweep.experiment.compiled,
        snapshot=sweep.experiment.snapshot,
        setting=replace(sweep.experiment.setting(Purpose.ESTIMATE), seed=piece.seed),
    )


def _added(collected: Sequence[Collected]) -> dict[Key, Counts]:
    """Add up the parts of each executable that has counts."""
    found: dict[Key, Counts] = {}
    for counts in (counts for item in collected for counts in item.counts if counts.shots):
        executable = counts.executable
        key = (executable.point, executable.basis, executable.variant)
        found[key] = added(found[key], counts) if key in found else counts
    return found


def _block(
    found: Mapping[Key, Counts], forms: Sequence[Form], *, numbers: Sequence[int]
) -> CountsBlock:
    """Bring counts into the order of points and forms."""
    ordered = [found[number, form.basis, form.variant] for number in numbers for form in forms]
    lengths = np.array([0, *(len(counts.outcomes) for counts in ordered)], dtype=np.int64)
    return CountsBlock(
        n_points=len(numbers),
        n_qubits=ordered[0].n_qubits if ordered else 0,
        forms=tuple(forms),
        outcomes=np.concatenate([np.zeros(0, np.uint64), *(each.outcomes for each in ordered)]),
        counts=np.concatenate([np.zeros(0, np.uint32), *(each.counts for each in ordered)]),
        offsets=np.cumsum(lengths),
    )
