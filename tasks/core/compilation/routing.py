"""Try several placements of a program on a device and keep the one most likely to succeed."""

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from datasets.records.circuits import Circuit, Gate
from datasets.records.devices import DeviceSnapshot
from tasks.core.circuits.barriers import without
from tasks.core.compilation.iswap import couplers_of, exchanged, exchanges
from tasks.core.compilation.measurement import measured_form, rotations_into
from tasks.core.compilation.merging import merged_rotations
from tasks.core.compilation.natives import Natives, natives_of
from tasks.core.compilation.relabelling import Labels, best_labels
from tasks.core.compilation.success import Fidelities
from tasks.core.compilation.targets import build_target, usable_labels
from tasks.core.compilation.translation import to_gates, to_qiskit

_Ends = tuple[tuple[int, ...], tuple[int, ...]]
_GAIN: Final = 1e-9  # of a logarithm: below it two placements are as good
# Qiskit's translation borrows one library of equivalences: two threads in it raise.
_one_at_a_time = threading.Lock()
_MOVED_AT_MOST: Final = 3  # of the placements found: the others would have to gain too much


@dataclass(frozen=True, slots=True)
class Placement:
    """A program lowered and routed on device labels, before emission.

    `fits` says that every gate of the program met a coupler without routing; `log_success` is that
    of the worst of its measured circuits, readout included. `moved` says that the full error model
    found better qubits than routing did, `exchanged` that iswap was written by way of cz.
    """

    gates: tuple[Gate, ...]
    measured: tuple[tuple[Gate, ...], ...]
    layout: tuple[int, ...]
    measured_qubits: tuple[int, ...]
    seed: int
    fits: bool
    log_success: float
    moved: bool = False
    exchanged: bool = False


def placements(
    circuit: Circuit,
    *,
    measured: Sequence[int],
    snapshot: DeviceSnapshot,
    bases: Sequence[str],
    seeds: Sequence[int],
    optimisation_level: int,
) -> tuple[Placement, ...]:
    """Return the different placements that the seeds lead to, most likely to succeed first.

    Equal ones are ranked by layout, then by seed. Where nothing has to be routed, because every
    pair is coupled or the program fits the couplers as it is, all seeds lead to the same placement
    and one is tried.
    """
    natives = natives_of(snapshot)
    labels = usable_labels(snapshot, n_qubits=circuit.n_qubits)
    source = to_qiskit(circuit, measured=measured)
    scorer = _Scorer(bases, natives=natives, fidelities=Fidelities(snapshot))
    found: dict[tuple[tuple[Gate, ...], _Ends], Placement] = {}
    for entangler in (None, "cz") if exchanges(snapshot) else (None,):
        target = build_target(snapshot, labels=labels, natives=natives, entangler=entangler)
        for seed in seeds[:1] if snapshot.fully_connected else seeds:
            routed, fits = _transpiled(source, target=target, seed=seed, level=optimisation_level)
            gates = to_gates(routed, labels=labels)
            ends = _ends(routed, measured=measured, labels=labels)
            if entangler:
                gates, places = exchanged(gates, couplers=couplers_of(snapshot))
                ends = (ends[0], tuple(places.get(label, label) for label in ends[1]))
            if (gates, ends) not in found:
                placed = scorer.placement(gates, ends=ends, seed=seed, fits=fits)
                found[gates, ends] = replace(placed, exchanged=entangler is not None)
            if fits:
                break
    ranked = sorted(found.values(), key=_rank)
    moved = (scorer.moved(placement, snapshot=snapshot) for placement in ranked[:_MOVED_AT_MOST])
    return tuple(sorted([*moved, *ranked[_MOVED_AT_MOST:]], key=_rank))


@dataclass(frozen=True, slots=True)
class _Scorer:
    bases: Sequence[str]
    natives: Natives
    fidelities: Fidelities

    def placement(
        self, gates: tuple[Gate, ...], *, ends: _Ends, seed: int, fits: bool
    ) -> Placement:
        layout, finals = ends
        continuous = self.natives.continuous
        merged = merged_rotations(gates, continuous=continuous)
        measured = tuple(
            measured_form(
                merged,
                rotations=rotations_into(basis, measured_qubits=finals),
                continuous=continuous,
            )
            for basis in self.bases
        )
        forms = measured or (without(merged),)
        worst = min(self.fidelities.log_success(form, measured_qubits=finals) for form in forms)
        return Placement(without(merged), measured, layout, finals, seed, fits, worst)

    def moved(self, placement: Placement, *, snapshot: DeviceSnapshot) -> Placement:
        """Return the placement on the qubits that the full error model prefers."""
        finals = placement.measured_qubits
        forms = placement.measured or (placement.gates,)
        logs = [self.fidelities.log_success(form, measured_qubits=finals) for form in forms]
        labels = best_labels(
            forms[logs.index(min(logs))],
            whole=placement.gates,
            layout=placement.layout,
            measured_qubits=finals,
            snapshot=snapshot,
            fidelities=self.fidelities,
        )
        if all(old == new for old, new in labels.items()):
            return placement
        found = _relabelled(placement, labels)
        forms, finals = found.measured or (found.gates,), found.measured_qubits
        worst = min(self.fidelities.log_success(form, measured_qubits=finals) for form in forms)
        if worst <= placement.log_success + _GAIN:
            return placement
        return replace(found, log_success=worst, moved=True)


def _relabelled(placement: Placement, labels: Labels) -> Placement:

    def on_labels(gates: Sequence[Gate]) -> tuple[Gate, ...]:
        return tuple(Gate(g.name, tuple(labels[q] for q in g.qubits), g.angles) for g in gates)

    return replace(
        placement,
        gates=on_labels(placement.gates),
        measured=tuple(on_labels(gates) for gates in placement.measured),
        layout=tuple(labels[label] for label in placement.layout),
        measured_qubits=tuple(labels[label] for label in placement.measured_qubits),
    )


def _transpiled(source: Any, *, target: Any, seed: int, level: int) -> tuple[Any, bool]:
    """Return the routed circuit, and whether it fits the couplers without being routed."""
    from qiskit.transpiler import generate_preset_pass_manager
    from qiskit.transpiler.passes.layout.vf2_layout import VF2LayoutStopReason

    manager = generate_preset_pass_manager(
        optimization_level=level, target=target, seed_transpiler=seed, approximation_degree=1.0
    )
    manager.translation = _translation(target)
    with _one_at_a_time:
        routed = manager.run(source)
    stopped = manager.property_set["VF2Layout_stop_reason"]
    return routed, stopped is VF2LayoutStopReason.SOLUTION_FOUND


def _translation(target: Any) -> Any:
    """Return qiskit's own translation, by its standard rules alone.

    Other packages (qiskit-braket-provider) add rules to the session's library when they are
    imported, and the same program would then compile to other gates.
    """
    from qiskit.circuit.equivalence_library import StandardEquivalenceLibrary
    from qiskit.transpiler import PassManager
    from qiskit.transpiler.passes import BasisTranslator, UnrollCustomDefinitions

    names = list(target.operation_names)
    return PassManager(
        [
            UnrollCustomDefinitions(StandardEquivalenceLibrary, basis_gates=names, target=target),
            BasisTranslator(StandardEquivalenceLibrary, names, target),
        ]
    )


def _ends(routed: Any, *, measured: Sequence[int], labels: Sequence[int]) -> _Ends:
    """Return where each program qubit starts, and where each measured one ends."""
    starts = routed.layout.initial_index_layout(filter_ancillas=True)
    finals = routed.layout.final_index_layout(filter_ancillas=True)
    return tuple(labels[i] for i in starts), tuple(labels[finals[q]] for q in measured)


def _rank(placement: Placement) -> tuple[float, bool, tuple[int, ...], int]:
    likely = placement.log_success
    return (
        -round(likely, 12) if math.isfinite(likely) else math.inf,
        placement.exchanged,
        placement.layout,
        placement.seed,
    )
