"""Try several placements of a program on a device and keep the one most likely to succeed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from datasets.records.circuits import Circuit, Gate
from datasets.records.devices import DeviceSnapshot
from tasks.core.compilation.measurement import measured_form, rotations_into
from tasks.core.compilation.merging import merged_rotations
from tasks.core.compilation.natives import Natives, natives_of
from tasks.core.compilation.success import Fidelities
from tasks.core.compilation.targets import build_target, usable_labels
from tasks.core.compilation.translation import to_gates, to_qiskit


@dataclass(frozen=True, slots=True)
class Placement:
    """A program lowered and routed on device labels, before emission.

    `log_success` is that of the worst of its measured circuits, readout included.
    """

    gates: tuple[Gate, ...]
    measured: tuple[tuple[Gate, ...], ...]
    layout: tuple[int, ...]
    measured_qubits: tuple[int, ...]
    seed: int
    log_success: float


def placements(
    circuit: Circuit,
    *,
    snapshot: DeviceSnapshot,
    bases: Sequence[str],
    seeds: Sequence[int],
    optimisation_level: int,
) -> tuple[Placement, ...]:
    """Return the different placements that the seeds lead to, most likely to succeed first.

    Equal ones are ranked by layout, then by seed. Where every pair is coupled there is nothing to
    route, and one seed is tried.
    """
    natives = natives_of(snapshot)
    labels = usable_labels(snapshot, n_qubits=circuit.n_qubits)
    target = build_target(snapshot, labels=labels, natives=natives)
    source = to_qiskit(circuit, measured=True)
    scorer = _Scorer(bases, natives=natives, fidelities=Fidelities(snapshot))
    found: dict[object, Placement] = {}
    for seed in seeds[:1] if snapshot.fully_connected else seeds:
        routed = _transpiled(source, target=target, seed=seed, level=optimisation_level)
        gates = to_gates(routed, labels=labels)
        layout, ends = _ends(routed, labels=labels)
        if (key := (gates, layout, ends)) not in found:
            found[key] = scorer.placement(gates, layout=layout, ends=ends, seed=seed)
    return tuple(sorted(found.values(), key=_rank))


@dataclass(frozen=True, slots=True)
class _Scorer:
    bases: Sequence[str]
    natives: Natives
    fidelities: Fidelities

    def placement(
        self, gates: tuple[Gate, ...], *, layout: tuple[int, ...], ends: tuple[int, ...], seed: int
    ) -> Placement:
        gates = merged_rotations(gates, continuous=self.natives.continuous)
        measured = tuple(
            measured_form(
                gates,
                rotations=rotations_into(basis, measured_qubits=ends),
                continuous=self.natives.continuous,
            )
            for basis in self.bases
        )
        worst = min(
            self.fidelities.log_success(form, measured_qubits=ends) for form in measured or (gates,)
        )
        return Placement(gates, measured, layout, ends, seed, worst)


def _transpiled(source: Any, *, target: Any, seed: int, level: int) -> Any:
    from qiskit.transpiler import generate_preset_pass_manager

    manager = generate_preset_pass_manager(
        optimization_level=level, target=target, seed_transpiler=seed, approximation_degree=1.0
    )
    return manager.run(source)


def _ends(routed: Any, *, labels: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return where each program qubit starts and where it ends."""
    starts = routed.layout.initial_index_layout(filter_ancillas=True)
    finals = routed.layout.final_index_layout(filter_ancillas=True)
    return tuple(labels[i] for i in starts), tuple(labels[i] for i in finals)


def _rank(placement: Placement) -> tuple[float, tuple[int, ...], int]:
    likely = placement.log_success
    return (
        -round(likely, 12) if math.isfinite(likely) else math.inf,
        placement.layout,
        placement.seed,
    )
