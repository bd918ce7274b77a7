"""Run OpenQASM programs as an emulated device would, on Braket's default simulator.

Its numba kernels abort the whole process when two threads are inside them, so one lock stands
around every call.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from datasets.records.circuits import Gate
from datasets.records.devices import DeviceSnapshot
from deployments.sandbox.devices import is_simulator
from deployments.sandbox.noise import Channels, native, typical
from deployments.sandbox.sampling import Distribution, cumulated
from tasks.backends import noise
from tasks.backends.engine.stock import KERNELS
from tasks.backends.lowered import lower
from tasks.core.circuits.openqasm_reader import from_openqasm
from tasks.errors import BadInput, ExecutionFailed

MAX_NOISY_QUBITS = 12  # a density matrix of 4**12 complex numbers is 268 MB
MAX_QUBITS = 25  # a state vector of 2**25 is 537 MB
Inputs = Mapping[str, float]
_COMMENTS = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_FAST = frozenset({"cz", "gpi", "gpi2", "iswap", "ms", "prx", "rx", "rz", "xx", "zz"})
_PAIR = 2


def is_verbatim(source: str) -> bool:
    """Return whether the program has a box that the device runs gate by gate."""
    return "pragma braket verbatim" in source


def includes_files(source: str) -> bool:
    """Return whether the program would open files: an OpenQASM `include`, or a file's name."""
    return source.endswith(".qasm") or bool(re.search(r"\binclude\b", without_comments(source)))


def without_comments(source: str) -> str:
    """Return the program with a space in the place of each comment."""
    return _COMMENTS.sub(" ", source)


def distribution(source: str, inputs: Inputs, *, snapshot: DeviceSnapshot) -> Distribution:
    """Return what the program gives on the device.

    Raises:
        ExecutionFailed: the device cannot run it.
    """
    return _quick(source, inputs, snapshot) or _full(source, inputs, snapshot)


def parsed(source: str, inputs: Inputs) -> Any:
    """Return the circuit of a program, by the simulator's own parser.

    Raises:
        ExecutionFailed: it is not valid OpenQASM, or something is missing.
    """
    from braket.default_simulator.openqasm.interpreter import Interpreter

    try:
        return Interpreter().build_circuit(source, dict(inputs), is_file=False)
    except Exception as error:  # what a foreign parser raises on a bad program is open-ended
        message = f"The program cannot be read: {str(error)[:500] or type(error).__name__}"
        raise ExecutionFailed(message) from error


def exclusive(work: Callable[[], Any]) -> Any:
    """Do work in the simulator's kernels while nobody else is in them."""
    with KERNELS:
        return work()


def check_size(n_qubits: int, *, snapshot: DeviceSnapshot) -> None:
    """Return when so many qubits are there, and can be simulated.

    Raises:
        ExecutionFailed: they are not.
    """
    if n_qubits > snapshot.n_qubits:
        message = f"{snapshot.name} has {snapshot.n_qubits} qubits; the program uses {n_qubits}."
        raise ExecutionFailed(message)
    limit = MAX_NOISY_QUBITS if snapshot.name == "DM1" else MAX_QUBITS
    if n_qubits > limit:
        message = f"This sandbox simulates up to {limit} qubits; the program uses {n_qubits}."
        raise ExecutionFailed(message)


def _quick(source: str, inputs: Inputs, snapshot: DeviceSnapshot) -> Distribution | None:
    """Return the distribution of a plain verbatim program, read a hundred times faster."""
    if not is_verbatim(source):
        return None
    try:
        circuit, measured = from_openqasm(source)
    except (BadInput, KeyError, RecursionError):
        return None
    touched = {qubit for gate in circuit.gates for qubit in gate.qubits}
    names = {gate.name for gate in circuit.gates}
    if not measured or not names <= _FAST:
        return None
    labels = touched.union(measured)
    if len(labels) > MAX_NOISY_QUBITS or any(n not in inputs for n in circuit.parameters):
        return None
    for gate in circuit.gates:
        _check_native(gate, snapshot)
    _check_labels(labels, snapshot)
    free = circuit.parameters
    lowered = lower([circuit], measured_qubits=measured, names=free, noise=noise.of(snapshot))
    values = np.array([[inputs[name] for name in free]], dtype=np.float64)
    found = lowered.probabilities(values).values[0][0]
    count = len(measured)
    return Distribution(cumulated(found), tuple(range(count)), (0.0,) * count, 1.0, measured)


def _full(source: str, inputs: Inputs, snapshot: DeviceSnapshot) -> Distribution:
    circuit = parsed(source, inputs)
    qubits = sorted(circuit.qubit_set)
    if not qubits:
        message = "The program has no gate and no measurement."
        raise ExecutionFailed(message)
    check_size(len(qubits), snapshot=snapshot)
    verbatim = is_verbatim(source) and not is_simulator(snapshot)
    own_noise = snapshot.name == "DM1"
    if verbatim:
        _check_labels(qubits, snapshot)
    channels, misread = native(snapshot) if verbatim else typical(snapshot)
    places = {qubit: place for place, qubit in enumerate(qubits)}
    steps = list(
        _steps(
            circuit, channels=channels, check=snapshot if verbatim else None, own_noise=own_noise
        )
    )
    noisy = own_noise or any(rate for _, found in steps for _, rate in found)
    wide = noisy and len(qubits) > MAX_NOISY_QUBITS
    dense = noisy and not wide
    found = exclusive(lambda: _probabilities(steps, places=places, dense=dense))
    measured = tuple(circuit.measured_qubits) or tuple(qubits)
    return Distribution(
        cumulative=cumulated(found),
        shifts=tuple(len(qubits) - 1 - places[qubit] for qubit in measured),
        flips=tuple(misread(qubit) for qubit in measured),
        success=math.prod(1.0 - r for _, f in steps for _, r in f) if wide else 1.0,
        qubits=measured,
        result_types=tuple(circuit.results),
    )


def _steps(
    circuit: Any, *, channels: Channels, check: DeviceSnapshot | None, own_noise: bool
) -> list[tuple[Any, list[tuple[tuple[int, ...], float]]]]:
    """Return each operation with the errors that follow it."""
    from braket.default_simulator.gate_operations import BRAKET_GATES
    from braket.default_simulator.operation import KrausOperation

    names = {kind: name for name, kind in BRAKET_GATES.items()}
    try:
        rotations = list(circuit.basis_rotation_instructions)
    except ValueError as error:  # two results that cannot be measured together
        message = f"The program cannot be run: {error}."
        raise ExecutionFailed(message) from error
    steps = []
    for number, operation in enumerate([*circuit.instructions, *rotations]):
        gate = Gate(names.get(type(operation), "unitary"), tuple(operation.targets))
        if check is not None and number < len(circuit.instructions):
            _check_native(gate, check)
        if isinstance(operation, KrausOperation) and not own_noise:
            message = "Noise in the program is for DM1 only."
            raise ExecutionFailed(message)
        steps.append((operation, list(channels(gate))))
    return steps


def _probabilities(
    steps: list[tuple[Any, list[tuple[tuple[int, ...], float]]]],
    *,
    places: Mapping[int, int],
    dense: bool,
) -> Any:
    from braket.default_simulator.density_matrix_simulation import DensityMatrixSimulation
    from braket.default_simulator.noise_operations import Depolarizing, TwoQubitDepolarizing
    from braket.default_simulator.state_vector_simulation import StateVectorSimulation

    operations: list[Any] = []
    for operation, errors in steps:
        moved = tuple(places[target] for target in operation.targets)
        operation._targets = moved  # noqa: SLF001 - the simulator has no other way to move a gate
        operations.append(operation)
        for targets, rate in errors if dense else ():
            kind = Depolarizing if len(targets) == 1 else TwoQubitDepolarizing
            operations.append(kind(tuple(places[target] for target in targets), rate))
    try:
        if dense:
            state = DensityMatrixSimulation(len(places), shots=0)
        else:
            state = StateVectorSimulation(len(places), shots=0, batch_size=1)
        state.evolve(operations)
    except TypeError as error:  # an angle that is still a symbol
        message = f"The program has parameters without a value ({error})."
        raise ExecutionFailed(message) from error
    return np.asarray(state.probabilities, dtype=np.float64)


def _check_labels(labels: Any, snapshot: DeviceSnapshot) -> None:
    known = {qubit.label for qubit in snapshot.qubits}
    unknown = sorted(set(labels) - known)
    if unknown and not is_simulator(snapshot):
        message = f"Qubit {unknown[0]} is not among the usable qubits of {snapshot.name}."
        raise ExecutionFailed(message)


def _check_native(gate: Gate, snapshot: DeviceSnapshot) -> None:
    """Refuse a gate of a verbatim box that the device does not have there."""
    if is_simulator(snapshot):
        return
    where = ", ".join(str(qubit) for qubit in gate.qubits)
    if gate.name not in snapshot.native_gates:
        natives = ", ".join(snapshot.native_gates)
        message = f"{gate.name} is not a native gate of {snapshot.name} ({natives})."
        raise ExecutionFailed(message)
    _check_labels(gate.qubits, snapshot)
    ends = tuple(sorted(gate.qubits))
    coupled = len(ends) < _PAIR or any(
        pair.labels == ends and pair.gate == gate.name for pair in snapshot.pairs
    )
    if not coupled:
        message = f"{snapshot.name} has no {gate.name} on qubits {where}."
        raise ExecutionFailed(message)
