"""Turn what is to be measured into executions: copies, noise scales, tasks, prices."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from datasets.records.circuits import Circuit
from datasets.records.compiled import CompiledId, CompiledProgram, MeasuredCircuit
from datasets.records.devices import DeviceKind, DeviceSnapshot, Limits
from datasets.records.executions import Execution
from tasks.core.circuits.openqasm import to_openqasm
from tasks.core.identity import digest
from tasks.core.mitigation import readout, zne
from tasks.core.physics.grouping import Group
from tasks.core.planning.actions import Unit
from tasks.core.planning.allocation import allocate
from tasks.core.planning.orders import Copy, Setting, order
from tasks.core.planning.packing import pack
from tasks.errors import BadInput

UNITS_PER_GROUP = 2  # copies that a group may hope for before another task is worth its fee
UNITS_PER_ENERGY = 100  # beyond this, finer shares of the shots change the variance by under 1 %
SHOTS_PER_UNIT = 20  # with fewer, copies of equal shots may leave over 5 % of what was asked for

Points = Sequence[Mapping[str, float]]


def plan_energies(
    compiled: CompiledProgram,
    *,
    snapshot: DeviceSnapshot,
    groups: Sequence[Group],
    points: Points,
    scales: Sequence[int],
    shares: Sequence[float],
    shots: int,
    setting: Setting,
) -> tuple[Execution, ...]:
    """Plan the executions that estimate the energy at each of `points`.

    `shots` are spent on each point, over all groups and noise scales; `shares[i]` is how much
    scale i counts in the result, a group counts by the l2 norm of its coefficients.

    Raises:
        BadInput: fewer shots than the groups need on this device.
    """
    wanted = [(scale, group) for scale in scales for group in groups]
    allocation = allocate(
        [share * group.norm for share in shares for group in groups],
        shots=shots,
        max_units=_max_units(len(wanted), len(points), shots=shots, limits=snapshot.limits),
        min_shots=max(snapshot.limits.shots_min, 1),
        max_shots=_most_shots(snapshot.limits),
        device=snapshot.name,
    )
    measured = {item.basis: item for item in compiled.measured}
    copies = [
        Copy(unit, index, group.basis, zne.variant(scale), each)
        for (scale, group), count, each in zip(
            wanted, allocation.copies, allocation.shots_per_copy, strict=True
        )
        for source in [_source(measured[group.basis], scale, compiled, snapshot)]
        for index, point in enumerate(points)
        for unit in [_unit(source, measured[group.basis].circuit, point)]
        for _ in range(count)
    ]
    return packed(copies, compiled_id=compiled.compiled_id, snapshot=snapshot, setting=setting)


def plan_readout(
    compiled: CompiledProgram, *, snapshot: DeviceSnapshot, shots: int, setting: Setting
) -> tuple[Execution, ...]:
    """Plan the executions that learn how the measured qubits are misread, `shots` a circuit.

    Raises:
        BadInput: fewer shots than the device takes.
    """
    count, each = equal_parts(shots, snapshot)
    qubits = compiled.measured_qubits
    circuits = readout.expand(qubits, native_gates=snapshot.native_gates)
    basis = "Z" * len(qubits)
    copies = [
        Copy(Unit(text_of(circuit, compiled, snapshot), ()), 0, basis, variant, each)
        for circuit, variant in zip(circuits, readout.VARIANTS, strict=True)
        for _ in range(count)
    ]
    return packed(copies, compiled_id=compiled.compiled_id, snapshot=snapshot, setting=setting)


def plan_circuits(
    circuits: Sequence[Circuit],
    *,
    points: Points,
    numbers: Sequence[int],
    keys: Sequence[tuple[str, str]],
    shots: int,
    compiled: CompiledProgram,
    snapshot: DeviceSnapshot,
    setting: Setting,
) -> tuple[Execution, ...]:
    """Plan the executions that run each circuit at each point with `shots` shots.

    `numbers[k]` is the number of point k, `keys[i]` the basis and the variant of circuit i. Shots
    above the device's range are split.

    Raises:
        BadInput: fewer shots than the device takes.
    """
    count, each = equal_parts(shots, snapshot)
    copies = [
        Copy(_unit(source, circuit, point), number, basis, variant, each)
        for circuit, (basis, variant) in zip(circuits, keys, strict=True)
        for source in [text_of(circuit, compiled, snapshot)]
        for number, point in zip(numbers, points, strict=True)
        for _ in range(count)
    ]
    return packed(copies, compiled_id=compiled.compiled_id, snapshot=snapshot, setting=setting)


def equal_parts(shots: int, snapshot: DeviceSnapshot) -> tuple[int, int]:
    """Return how many copies of a circuit have `shots` in all, and the shots of each.

    Raises:
        BadInput: fewer shots than the device takes.
    """
    least = max(snapshot.limits.shots_min, 1)
    if shots < least:
        message = (
            f"A circuit needs at least {least} shots on {snapshot.name}; got {shots}. "
            f"Ask for at least {least}."
        )
        raise BadInput(message)
    most = _most_shots(snapshot.limits)
    split = allocate([1.0], shots=shots, max_units=None, min_shots=least, max_shots=most)
    return split.copies[0], split.shots_per_copy[0]


def packed(
    copies: Sequence[Copy],
    *,
    compiled_id: CompiledId,
    snapshot: DeviceSnapshot,
    setting: Setting,
) -> tuple[Execution, ...]:
    """Return the fewest executions that buy `copies` in their order.

    Raises:
        BadInput: one of them has more or fewer shots than the device takes.
    """
    chunks = pack([c.shots for c in copies], limits=snapshot.limits, device=snapshot.name)
    return tuple(
        order(
            [copies[i] for i in chunk],
            setting=setting,
            seed=sampling_seed(setting, index),
            compiled_id=compiled_id,
            snapshot=snapshot,
        )
        for index, chunk in enumerate(chunks)
    )


def sampling_seed(setting: Setting, index: int) -> int:
    """Return the seed of an execution: the same for the same place in the same run's plan."""
    place = [setting.seed, setting.purpose, setting.iteration, index]
    return int(digest(place)[:15], 16)


def _max_units(wanted: int, points: int, *, shots: int, limits: Limits) -> int | None:
    """Return how many executables a point may have: enough for its shots, in few tasks."""
    limit = limits.program_set_executables
    if limit is None:
        return None
    # Twice the fewest copies that hold the shots: then no split into equal copies leaves 5 % over.
    needed = 2 * -(-shots // _most_shots(limits))
    units = max(UNITS_PER_GROUP * wanted, needed)
    sets = -(-units * points // limit)
    if limits.program_set_shots is not None:
        sets = max(sets, -(-shots * points // limits.program_set_shots))
    fine = min(shots // SHOTS_PER_UNIT, max(UNITS_PER_ENERGY, units))
    return max(wanted, min(sets * limit // points, fine))


def _most_shots(limits: Limits) -> int:
    """Return the most shots of one executable."""
    return min(limits.shots_max, limits.program_set_shots or limits.shots_max)


def _source(
    measured: MeasuredCircuit, scale: int, compiled: CompiledProgram, snapshot: DeviceSnapshot
) -> str:
    return text_of(zne.expand(measured.circuit, scale=scale), compiled, snapshot)


def text_of(circuit: Circuit, compiled: CompiledProgram, snapshot: DeviceSnapshot) -> str:
    """Return what the device gets of a native circuit: untouched there if it is a machine.

    The simulators that Braket sells measure all qubits or none: those that the program does not
    measure come after its bits, and are dropped from the outcomes.
    """
    verbatim = snapshot.kind is DeviceKind.QPU
    measured = compiled.measured_qubits
    if snapshot.arn and not verbatim:
        measured += tuple(sorted(set(compiled.layout).difference(measured)))
    return to_openqasm(circuit, measured_qubits=measured, verbatim=verbatim)


def _unit(source: str, circuit: Circuit, point: Mapping[str, float]) -> Unit:
    return Unit(source, tuple((name, point[name]) for name in circuit.parameters))


def total_usd(executions: Sequence[Execution]) -> Decimal:
    """Return what the executions cost together."""
    return sum((execution.cost_usd for execution in executions), Decimal(0))
