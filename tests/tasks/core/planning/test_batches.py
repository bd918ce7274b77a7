"""Circuits of several programs share tasks: the fewest there can be, and each finds its own."""

from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.compiled import CompiledId, CompiledProgram, MeasuredCircuit, Metrics
from datasets.records.devices import DeviceSnapshot, Limits
from datasets.records.executions import Purpose, RunId
from datasets.records.problems import ProgramId
from tasks.core.planning.actions import units
from tasks.core.planning.batches import Member, plan_members, set_id
from tasks.core.planning.orders import Setting
from tasks.core.planning.packing import room
from tasks.core.planning.planner import equal_parts, text_of, total_usd
from tasks.core.planning.remainders import plan_remainder
from tasks.errors import BadInput

GARNET = resolve("emulator:garnet")
SETTING = Setting(RunId("r"), 1, "emulator:garnet", Purpose.ESTIMATE)
BASES = ("ZZ", "XX", "ZI")


def member(number: int, *, bases: int = 1, shots: int = 1000) -> Member:
    """Return a circuit that no other number has, as if it were compiled."""
    measured = tuple(
        MeasuredCircuit(
            basis, Circuit(2, (Gate("prx", (1,), (Angle(0.1 * number), Angle(float(place)))),))
        )
        for place, basis in enumerate(BASES[:bases])
    )
    compiled = CompiledProgram(
        compiled_id=CompiledId(f"{number:064x}"),
        program_id=ProgramId(f"{number:064x}"),
        calibration_id=GARNET.calibration_id,
        circuit=measured[0].circuit,
        measured=measured,
        layout=(1, 2),
        measured_qubits=(1, 2),
        metrics=Metrics(1, 0, 1, 0.9),
        toolchain=(),
        options=(),
        reason="",
        compile_s=0.0,
    )
    return Member(number, compiled, BASES[:bases], shots)


def device(executables: int | None, set_shots: int | None) -> DeviceSnapshot:
    return replace(GARNET, limits=Limits(1, 900, executables, set_shots))


circuits = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from([10, 100, 900, 1800])), min_size=1, max_size=25
).map(
    lambda drawn: [
        member(number, bases=bases, shots=shots) for number, (bases, shots) in enumerate(drawn)
    ]
)
devices = st.builds(device, st.none() | st.integers(1, 12), st.none() | st.integers(900, 5000))


@given(circuits, devices)
def test_every_circuit_is_bought_in_each_basis_with_its_shots_and_no_other(
    members: list[Member], snapshot: DeviceSnapshot
) -> None:
    bought: Counter[tuple[int, str]] = Counter()
    for execution in plan_members(members, snapshot=snapshot, setting=SETTING):
        each = execution.shots // sum(e.copies for e in execution.executables)
        for executable in execution.executables:
            bought[executable.point, executable.basis] += each * executable.copies
    assert bought == {(m.number, basis): m.shots for m in members for basis in m.bases}


@given(circuits, devices)
def test_no_plan_with_equal_shots_in_a_task_has_fewer_tasks(
    members: list[Member], snapshot: DeviceSnapshot
) -> None:
    executions = plan_members(members, snapshot=snapshot, setting=SETTING)
    levels: Counter[int] = Counter()
    for each in members:
        copies, shots = equal_parts(each.shots, snapshot)
        levels[shots] += copies * len(each.bases)
    fewest = sum(-(-n // room(shots, limits=snapshot.limits)) for shots, n in levels.items())
    assert len(executions) == fewest
    for execution in executions:
        assert execution.shots <= (snapshot.limits.program_set_shots or execution.shots)


@given(circuits, devices)
def test_what_runs_for_a_number_is_the_circuit_of_that_number_in_the_batch_s_order(
    members: list[Member], snapshot: DeviceSnapshot
) -> None:
    texts = {
        (each.number, item.basis): text_of(item.circuit, each.compiled, snapshot)
        for each in members
        for item in each.compiled.measured
    }
    order = defaultdict(list)
    for execution in plan_members(members, snapshot=snapshot, setting=SETTING):
        keys = [(e.point, e.basis) for e in execution.executables for _ in range(e.copies)]
        assert [unit.source for unit in units(execution.action)] == [texts[key] for key in keys]
        order[execution.shots // len(keys)] += [number for number, _ in keys]
    assert all(numbers == sorted(numbers) for numbers in order.values())


@given(circuits, devices, st.data())
def test_what_is_missing_is_bought_again_for_the_same_circuits_of_the_same_set(
    members: list[Member], snapshot: DeviceSnapshot, data: st.DataObject
) -> None:
    executions = plan_members(members, snapshot=snapshot, setting=SETTING)
    execution = data.draw(st.sampled_from(executions))
    whole = units(execution.action)
    each = execution.shots // len(whole)
    missing = [
        each * lost
        for lost in data.draw(st.lists(st.integers(0, 1), min_size=len(whole), max_size=len(whole)))
    ]
    wanted = Counter(unit.source for unit, shots in zip(whole, missing, strict=True) if shots)
    again = plan_remainder(execution, missing=missing, snapshot=snapshot)
    assert Counter(unit.source for part in again for unit in units(part.action)) == wanted
    assert {part.compiled_id for part in again} <= {set_id(members)}


@given(circuits)
def test_a_set_s_id_is_that_of_its_circuits_under_their_numbers(members: list[Member]) -> None:
    assert set_id(members) == set_id(list(members))
    if len(members) > 1:
        first, second, *rest = members
        swapped = [replace(first, number=second.number), replace(second, number=first.number)]
        assert set_id([*swapped, *rest]) != set_id(members) != set_id(members[1:])


def test_250_circuits_are_three_tasks_and_90_cents_of_fees_on_garnet() -> None:
    executions = plan_members([member(n) for n in range(250)], snapshot=GARNET, setting=SETTING)
    assert [len(e.executables) for e in executions] == [100, 100, 50]
    assert {e.compiled_id for e in executions} == {set_id([member(n) for n in range(250)])}
    assert total_usd(executions) == Decimal("0.90") + 250_000 * GARNET.prices.usd_per_shot


def test_fewer_shots_than_a_device_takes_are_refused() -> None:
    few = replace(GARNET, limits=replace(GARNET.limits, shots_min=100))
    with pytest.raises(BadInput, match="at least 100 shots"):
        plan_members([member(0, shots=99)], snapshot=few, setting=SETTING)
