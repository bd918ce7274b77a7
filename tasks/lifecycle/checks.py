"""Refuse a request that cannot succeed, in a second and before anything starts."""

import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from datasets.devices.catalogue import resolve
from datasets.layout import home
from datasets.problems.catalogue import load
from datasets.problems.graph_catalogue import load_graph
from datasets.records.circuits import Circuit
from datasets.records.devices import DeviceKind, DeviceSnapshot
from datasets.records.graphs import Graph
from datasets.records.problems import Program
from tasks.backends.braket_devices import is_braket, preflight
from tasks.backends.simulated import SimulatedBackend
from tasks.core import qaoa
from tasks.core.ansatz import build
from tasks.core.canaries.suite import ghz_program
from tasks.core.grouping import group
from tasks.core.mitigation.composition import Mitigation, Technique
from tasks.core.optimisers.registry import known, needs_frequencies, points_per_iteration
from tasks.core.sweeps.work import chunks
from tasks.errors import BadInput, DeviceOffline, DeviceRetired, TooLarge, UnknownName
from tasks.lifecycle.admission import check_age
from tasks.lifecycle.auto_checks import check_auto
from tasks.lifecycle.batch_inputs import batch_inputs
from tasks.lifecycle.batch_pieces import largest_of
from tasks.lifecycle.candidates import alternatives, is_auto
from tasks.lifecycle.options import applied, check_options, options_in
from tasks.lifecycle.pins import Aside
from tasks.lifecycle.sweep_inputs import SweepInputs, inputs_of

MAX_BOUGHT: Final = 1_000_000  # circuits: some 10,000 tasks, which are submitted in 10 minutes
MAX_TOGETHER: Final = 1_000  # points of one iteration
MAX_BOUND: Final = 1_000_000  # points: nothing is bought beyond, and a simulator finds them too
BOUND_TOGETHER: Final = 2**20  # numbers of the points that are bound at once: 8 MiB


def check_vqe(asked: Mapping[str, Any]) -> None:
    """Check everything that can be known of a variational run without compiling.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    _check_search(asked)
    loaded = load(asked["problem"])
    _check_measured(
        asked,
        n_qubits=loaded.hamiltonian.n_qubits,
        build_program=lambda: build(loaded, kind=asked["ansatz"], layers=asked["layers"]),
    )


def check_qaoa(asked: Mapping[str, Any]) -> None:
    """Check everything that can be known of a search for a maximum cut without compiling.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    _check_search(asked)
    graph = load_graph(asked["graph"])
    program = qaoa.ansatz(graph, layers=asked["layers"])
    _check_frequencies(graph, program, optimizer=asked["optimizer"])
    _check_measured(asked, n_qubits=len(graph.nodes), build_program=lambda: program)


def _check_search(asked: Mapping[str, Any]) -> None:
    """Refuse techniques and optimisers that there are none of."""
    Mitigation.parse(asked["mitigate"])
    if asked["optimizer"] not in known():
        raise UnknownName("optimizer", asked["optimizer"], known())


def _check_frequencies(graph: Graph, program: Program, *, optimizer: str) -> None:
    """Refuse an optimiser that the graph's frequencies are not made for."""
    if not needs_frequencies(optimizer):
        return
    others = ", ".join(name for name in known() if not needs_frequencies(name))
    if not graph.is_whole:
        edge = next(edge for edge in graph.edges if not edge.weight.is_integer())
        message = (
            f"--optimizer {optimizer} needs whole weights; one of {graph.name} is {edge.weight:g}. "
            f"Scale them, or choose one of: {others}."
        )
        raise BadInput(message)
    points = points_per_iteration(optimizer, program.frequencies)
    if points > MAX_TOGETHER:
        message = (
            f"--optimizer {optimizer} would measure up to {points:,} points in an iteration of "
            f"{graph.name}; at most {MAX_TOGETHER:,} are. Choose one of: {others}."
        )
        raise BadInput(message)


def _check_measured(
    asked: Mapping[str, Any], *, n_qubits: int, build_program: Callable[[], Program]
) -> None:
    """Refuse a search whose program does not fit its target, or with too few shots to measure."""
    target, mitigation = asked["target"], Mitigation.parse(asked["mitigate"])
    corrected = _is_corrected(mitigation)
    if is_auto(target):
        program = build_program()
        shots = asked["shots"] // max(1, len(group(program.observable)))
        check_auto(asked, program.circuit, shots=shots, corrected=corrected)
        return
    snapshot = _usable(asked, target=target)
    if n_qubits > snapshot.n_qubits:
        raise TooLarge(target, snapshot.n_qubits, n_qubits)
    program = build_program()
    _check_size(snapshot, program.circuit, target=target)
    groups = len(group(program.observable))
    least = max(snapshot.limits.shots_min, 1)
    for name, given, each in (
        ("shots", asked["shots"], groups),
        ("final-shots", asked["final_shots"], groups * len(mitigation.scales)),
        ("readout-shots", asked["readout_shots"], int(corrected)),
    ):
        if given < each * least:
            few = f"at least {least} shot{'s' * (least != 1)}"
            needed = f"{each} circuits need {few} each" if each > 1 else f"1 circuit needs {few}"
            advice = f"Ask for {each * least} or more."
            message = f"--{name} {given} is too few: {needed} on {target}. {advice}"
            raise BadInput(message)


def check_sweep(asked: Mapping[str, Any]) -> None:
    """Check everything that can be known of a sweep without compiling; its points are all read.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    with tempfile.TemporaryDirectory() as folder:
        inputs = inputs_of(asked, keep=Aside(Path(folder)))
        _check_angles(inputs)
    if is_auto(asked["target"]):
        _check_count(inputs, bought=int(is_braket(asked["target"])))
        corrected = _is_corrected(inputs.mitigation)
        check_auto(asked, inputs.program.circuit, shots=asked["shots"], corrected=corrected)
        return
    for target in inputs.spec.targets:
        _check_fits(inputs, asked, target=target)
    _check_count(inputs, bought=sum(map(is_braket, inputs.spec.targets)))


def _check_angles(inputs: SweepInputs) -> None:
    """Refuse points at which the circuit has no angle, such as the root of a negative number."""
    if not inputs.read.derivations:
        return  # angles are affine, and the points finite
    points = inputs.spec.points
    together = max(1, BOUND_TOGETHER // len(points.parameters))
    for chunk in chunks(min(len(points), MAX_BOUND), chunk_points=together):
        inputs.read.values(points.block(chunk.start, chunk.stop))


def _check_count(inputs: SweepInputs, *, bought: int) -> None:
    """Refuse more than can be bought in one run; `bought` of the targets sell."""
    circuits = bought * inputs.spec.n_circuits(len(inputs.groups))
    if circuits > MAX_BOUGHT:
        message = (
            f"The sweep has {circuits:,} circuits; at most {MAX_BOUGHT:,} are bought in one run. "
            "Ask for fewer points, or simulate them: --target emulator:garnet."
        )
        raise BadInput(message)


def _check_fits(inputs: SweepInputs, asked: Mapping[str, Any], *, target: str) -> None:
    """Refuse what one of a sweep's targets could not run."""
    if is_auto(target):
        message = f"--target {target} chooses one device. Give it alone, or name all devices."
        raise BadInput(message)
    snapshot = _usable(asked, target=target)
    circuit = inputs.program.circuit
    if circuit.n_qubits > snapshot.n_qubits:
        raise TooLarge(target, snapshot.n_qubits, circuit.n_qubits)
    _check_size(snapshot, circuit, target=target)
    _check_shots(asked, snapshot, target=target, corrected=_is_corrected(inputs.mitigation))


def check_batch(asked: Mapping[str, Any]) -> None:
    """Check everything that can be known of a batch without compiling; its circuits are all read.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    with tempfile.TemporaryDirectory() as folder:
        inputs = batch_inputs(asked, keep=Aside(Path(folder)))
    largest, target = largest_of(inputs.circuits), asked["target"]
    fewest = min(inputs.circuits, key=lambda circuit: circuit.shots)
    if is_auto(target):
        circuit, corrected = largest.program.circuit, inputs.is_corrected
        check_auto(asked, circuit, shots=fewest.shots, corrected=corrected)
        return
    snapshot = _usable(asked, target=target)
    if largest.n_qubits > snapshot.n_qubits:
        message = (
            f"Circuit {largest.name} needs {largest.n_qubits} qubits; {target} has "
            f"{snapshot.n_qubits} usable ones. Leave it out, or choose a larger device."
        )
        raise BadInput(message)
    smallest = min(inputs.circuits, key=lambda circuit: circuit.n_qubits)  # others fail alone
    _check_size(snapshot, smallest.program.circuit, target=target)
    wanted = {**asked, "shots": fewest.shots}
    _check_shots(wanted, snapshot, target=target, corrected=inputs.is_corrected)


def check_canary(asked: Mapping[str, Any]) -> None:
    """Check that there is a device to check, and that it takes the circuits.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    target = asked["target"]
    snapshot = _usable(asked, target=target)
    if snapshot.kind is not DeviceKind.QPU:
        message = f"{target} computes what a perfect device returns. Choose a device to check."
        raise BadInput(message)
    if asked["qubits"] > snapshot.n_qubits:
        raise TooLarge(target, snapshot.n_qubits, asked["qubits"])
    _check_size(snapshot, ghz_program(asked["qubits"]).circuit, target=target)
    _check_shots(asked, snapshot, target=target, corrected=True)


def _check_shots(
    asked: Mapping[str, Any], snapshot: DeviceSnapshot, *, target: str, corrected: bool
) -> None:
    """Refuse fewer shots of a circuit than the device takes."""
    least = max(snapshot.limits.shots_min, 1)
    for name in ("shots", *["readout_shots"] * corrected):
        if asked[name] < least:
            message = (
                f"--{name.replace('_', '-')} {asked[name]} is too few: {target} takes at least "
                f"{least} for a circuit. Ask for {least} or more."
            )
            raise BadInput(message)


def _check_size(snapshot: DeviceSnapshot, circuit: Circuit, *, target: str) -> None:
    """Refuse what this machine cannot simulate."""
    if not is_braket(target):
        SimulatedBackend.check_size(snapshot, circuit)


def _is_corrected(mitigation: Mitigation) -> bool:
    return Technique.READOUT in mitigation.techniques


def _usable(asked: Mapping[str, Any], *, target: str) -> DeviceSnapshot:
    """Return a target as a run with these parameters can use it."""
    options = options_in(asked)
    check_options(options, target=target)
    snapshot = _snapshot(target)
    check_age(asked, snapshot, target=target, now=datetime.now(UTC))
    return applied(options, snapshot)


def _snapshot(target: str) -> DeviceSnapshot:
    """Return the target as it stands, once it is known that it can be used."""
    if not is_braket(target):
        return resolve(target, home().devices)
    try:
        return preflight(target)
    except (DeviceOffline, DeviceRetired) as fault:
        back = "" if isinstance(fault, DeviceRetired) else ", or wait until it is back"
        message = f"{fault.text}. Choose another device{back}. {alternatives(target)}"
        raise BadInput(message) from fault
