"""Refuse a request that cannot succeed, in a second and before anything starts."""

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from datasets.problems.catalogue import load
from datasets.problems.graph_catalogue import load_graph
from datasets.records.circuits import Circuit
from datasets.records.devices import DeviceKind, DeviceSnapshot
from datasets.records.graphs import Graph
from datasets.records.problems import Program
from tasks.backends.simulated import SimulatedBackend
from tasks.backends.targets import is_bought, target_of
from tasks.context.device_options import applied, check_options, options_in
from tasks.context.pins import Aside
from tasks.core.canaries.suite import ghz_program
from tasks.core.mitigation.composition import Mitigation, Technique
from tasks.core.optimisers.registry import known, needs_frequencies, points_per_iteration
from tasks.core.physics import qaoa
from tasks.core.physics.ansatz import build
from tasks.core.physics.grouping import group
from tasks.core.sweeps.work import chunks
from tasks.devices.candidates import alternatives, is_auto
from tasks.devices.standing import check_age
from tasks.errors import BadInput, DeviceOffline, DeviceRetired, TooLarge, UnknownName
from tasks.requests.batch import BatchRequest
from tasks.requests.canary import CanaryRequest
from tasks.requests.run import RunRequest
from tasks.requests.search import QaoaRequest, SearchRequest, VqeRequest
from tasks.requests.sweep import SweepRequest
from tasks.selection.precheck import check_auto
from tasks.workloads.batch.inputs import batch_inputs
from tasks.workloads.batch.workload import largest_of
from tasks.workloads.sweep.inputs import SweepInputs, inputs_of

MAX_BOUGHT: Final = 1_000_000  # circuits: some 10,000 tasks, which are submitted in 10 minutes
MAX_TOGETHER: Final = 1_000  # points of one iteration
Measuring = SweepRequest | BatchRequest | CanaryRequest  # requests with shots of a circuit
MAX_BOUND: Final = 1_000_000  # points: nothing is bought beyond, and a simulator finds them too
BOUND_TOGETHER: Final = 2**20  # numbers of the points that are bound at once: 8 MiB


def check_vqe(request: VqeRequest) -> None:
    """Check everything that can be known of a variational run without compiling.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    _check_search(request)
    loaded = load(request.problem)
    _check_measured(
        request,
        n_qubits=loaded.hamiltonian.n_qubits,
        build_program=lambda: build(loaded, kind=request.ansatz, layers=request.layers),
    )


def check_qaoa(request: QaoaRequest) -> None:
    """Check everything that can be known of a search for a maximum cut without compiling.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    _check_search(request)
    graph = load_graph(request.graph)
    program = qaoa.ansatz(graph, layers=request.layers)
    _check_frequencies(graph, program, optimizer=request.optimizer)
    _check_measured(request, n_qubits=len(graph.nodes), build_program=lambda: program)


def _check_search(request: SearchRequest) -> None:
    """Refuse techniques and optimisers that there are none of."""
    Mitigation.parse(request.mitigate)
    if request.optimizer not in known():
        raise UnknownName("optimizer", request.optimizer, known())


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
    request: SearchRequest, *, n_qubits: int, build_program: Callable[[], Program]
) -> None:
    """Refuse a search whose program does not fit its target, or with too few shots to measure."""
    target, mitigation = request.target, Mitigation.parse(request.mitigate)
    corrected = _is_corrected(mitigation)
    if is_auto(target):
        program = build_program()
        shots = request.shots // max(1, len(group(program.observable)))
        check_auto(request, program.circuit, shots=shots, corrected=corrected)
        return
    snapshot = _usable(request, target=target)
    if n_qubits > snapshot.n_qubits:
        raise TooLarge(target, snapshot.n_qubits, n_qubits)
    program = build_program()
    _check_size(snapshot, program.circuit, target=target)
    groups = len(group(program.observable))
    least = max(snapshot.limits.shots_min, 1)
    for name, given, each in (
        ("shots", request.shots, groups),
        ("final-shots", request.final_shots, groups * len(mitigation.scales)),
        ("readout-shots", request.readout_shots, int(corrected)),
    ):
        if given < each * least:
            few = f"at least {least} shot{'s' * (least != 1)}"
            needed = f"{each} circuits need {few} each" if each > 1 else f"1 circuit needs {few}"
            advice = f"Ask for {each * least} or more."
            message = f"--{name} {given} is too few: {needed} on {target}. {advice}"
            raise BadInput(message)


def check_sweep(request: SweepRequest) -> None:
    """Check everything that can be known of a sweep without compiling; its points are all read.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    with tempfile.TemporaryDirectory() as folder:
        inputs = inputs_of(request, keep=Aside(Path(folder)))
        _check_angles(inputs)
    bought = sum(map(is_bought, inputs.spec.targets))
    if is_auto(request.target):
        _check_count(inputs, bought=bought)
        corrected = _is_corrected(inputs.mitigation)
        check_auto(request, inputs.program.circuit, shots=request.shots, corrected=corrected)
        return
    for target in inputs.spec.targets:
        _check_fits(inputs, request, target=target)
    _check_count(inputs, bought=bought)


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


def _check_fits(inputs: SweepInputs, request: SweepRequest, *, target: str) -> None:
    """Refuse what one of a sweep's targets could not run."""
    if is_auto(target):
        message = f"--target {target} chooses one device. Give it alone, or name all devices."
        raise BadInput(message)
    snapshot = _usable(request, target=target)
    circuit = inputs.program.circuit
    if circuit.n_qubits > snapshot.n_qubits:
        raise TooLarge(target, snapshot.n_qubits, circuit.n_qubits)
    _check_size(snapshot, circuit, target=target)
    _check_shots(request, snapshot, target=target, corrected=_is_corrected(inputs.mitigation))


def check_batch(request: BatchRequest) -> None:
    """Check everything that can be known of a batch without compiling; its circuits are all read.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    with tempfile.TemporaryDirectory() as folder:
        inputs = batch_inputs(request, keep=Aside(Path(folder)))
    largest, target = largest_of(inputs.circuits), request.target
    fewest = min(inputs.circuits, key=lambda circuit: circuit.shots)
    if is_auto(target):
        circuit, corrected = largest.program.circuit, inputs.is_corrected
        check_auto(request, circuit, shots=fewest.shots, corrected=corrected)
        return
    snapshot = _usable(request, target=target)
    if largest.n_qubits > snapshot.n_qubits:
        message = (
            f"Circuit {largest.name} needs {largest.n_qubits} qubits; {target} has "
            f"{snapshot.n_qubits} usable ones. Leave it out, or choose a larger device."
        )
        raise BadInput(message)
    smallest = min(inputs.circuits, key=lambda circuit: circuit.n_qubits)  # others fail alone
    _check_size(snapshot, smallest.program.circuit, target=target)
    wanted = request.model_copy(update={"shots": fewest.shots})
    _check_shots(wanted, snapshot, target=target, corrected=inputs.is_corrected)


def check_canary(request: CanaryRequest) -> None:
    """Check that there is a device to check, and that it takes the circuits.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    target = request.target
    snapshot = _usable(request, target=target)
    if snapshot.kind is not DeviceKind.QPU:
        message = f"{target} computes what a perfect device returns. Choose a device to check."
        raise BadInput(message)
    if request.qubits > snapshot.n_qubits:
        raise TooLarge(target, snapshot.n_qubits, request.qubits)
    _check_size(snapshot, ghz_program(request.qubits).circuit, target=target)
    _check_shots(request, snapshot, target=target, corrected=True)


def _check_shots(
    request: Measuring, snapshot: DeviceSnapshot, *, target: str, corrected: bool
) -> None:
    """Refuse fewer shots of a circuit than the device takes."""
    least = max(snapshot.limits.shots_min, 1)
    for name in ("shots", *["readout_shots"] * corrected):
        given = getattr(request, name)
        if given < least:
            message = (
                f"--{name.replace('_', '-')} {given} is too few: {target} takes at least "
                f"{least} for a circuit. Ask for {least} or more."
            )
            raise BadInput(message)


def _check_size(snapshot: DeviceSnapshot, circuit: Circuit, *, target: str) -> None:
    """Refuse what this machine cannot simulate."""
    if not is_bought(target):
        SimulatedBackend.check_size(snapshot, circuit)


def _is_corrected(mitigation: Mitigation) -> bool:
    return Technique.READOUT in mitigation.techniques


def _usable(request: RunRequest, *, target: str) -> DeviceSnapshot:
    """Return a target as a run with these parameters can use it."""
    options = options_in(request)
    check_options(options, target=target)
    snapshot = _snapshot(target)
    check_age(request, snapshot, target=target, now=datetime.now(UTC))
    return applied(options, snapshot)


def _snapshot(target: str) -> DeviceSnapshot:
    """Return the target as it stands, once it is known that it can be used."""
    try:
        return target_of(target).provider.preflight(target)
    except (DeviceOffline, DeviceRetired) as fault:
        back = "" if isinstance(fault, DeviceRetired) else ", or wait until it is back"
        message = f"{fault.text}. Choose another device{back}. {alternatives(target)}"
        raise BadInput(message) from fault
