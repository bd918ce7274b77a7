"""What did not come back is bought again, alone, within the device's limits."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.records.compiled import CompiledId
from datasets.records.devices import DeviceSnapshot, Limits
from datasets.records.executions import Execution, Purpose, RunId
from tasks.core.planning.actions import Unit, units
from tasks.core.planning.orders import Copy, Setting, order
from tasks.core.planning.packing import price
from tasks.core.planning.remainders import plan_remainder

GARNET = resolve("emulator:garnet")
LIMITS = [Limits(1, 20_000), Limits(10, 1000, 3, 2000), Limits(10, 1000, 100, 200_000)]
KINDS = [("circuit a", 0, "Z"), ("circuit a", 1, "Z"), ("circuit b", 0, "X"), ("circuit c", 0, "Y")]


@st.composite
def parts(draw: st.DrawFn) -> tuple[Execution, list[int], DeviceSnapshot]:
    """Return an execution, what is missing of each executable, and its device."""
    snapshot = replace(GARNET, limits=draw(st.sampled_from(LIMITS)))
    room = snapshot.limits.program_set_executables or 1
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=min(room, 6), unique=True))
    each = draw(st.integers(10, 300))
    copies = [
        Copy(Unit(text, (("theta", float(point)),)), point, basis, "raw", each)
        for text, point, basis in kinds
        for _ in range(1 if room < 6 else draw(st.integers(1, 3)))
    ]
    setting = Setting(
        RunId("a" * 32),
        3,
        "fake",
        Purpose.ITERATION,
        4,
        draw(st.sampled_from(["", '{"debias":true}'])),
    )
    parent = order(copies, setting=setting, seed=7, compiled_id=CompiledId("c"), snapshot=snapshot)
    missing = draw(st.lists(st.integers(0, each), min_size=len(copies), max_size=len(copies)))
    return parent, missing, snapshot


def asked(execution: Execution) -> Counter[tuple[Unit, int, str, str]]:
    """Return the shots that an execution asks for of each circuit."""
    found: Counter[tuple[Unit, int, str, str]] = Counter()
    wanted = units(execution.action)
    keys = [(e.point, e.basis, e.variant) for e in execution.executables for _ in range(e.copies)]
    for unit, key in zip(wanted, keys, strict=True):
        found[(unit, *key)] += execution.shots // len(wanted)
    return found


@given(parts())
def test_all_that_is_missing_is_asked_for_of_the_same_circuits(
    found: tuple[Execution, list[int], DeviceSnapshot],
) -> None:
    parent, missing, snapshot = found
    remainder = plan_remainder(parent, missing=missing, snapshot=snapshot)
    keys = [(e.point, e.basis, e.variant) for e in parent.executables for _ in range(e.copies)]
    wanted: Counter[tuple[Unit, int, str, str]] = Counter()
    for unit, key, shots in zip(units(parent.action), keys, missing, strict=True):
        wanted[(unit, *key)] += shots if shots >= snapshot.limits.shots_min else 0
    bought = sum(map(asked, remainder), Counter())
    assert set(bought) == set(+wanted)
    assert all(bought[key] >= shots for key, shots in wanted.items())


@given(parts())
def test_every_part_is_what_the_device_takes_at_its_price(
    found: tuple[Execution, list[int], DeviceSnapshot],
) -> None:
    parent, missing, snapshot = found
    limits = snapshot.limits
    for part in plan_remainder(parent, missing=missing, snapshot=snapshot):
        count = len(units(part.action))
        each, rest = divmod(part.shots, count)
        assert rest == 0
        assert limits.shots_min <= each <= max(missing)
        assert count <= (limits.program_set_executables or 1)
        assert part.shots <= (limits.program_set_shots or part.shots)
        assert sum(e.copies for e in part.executables) == count
        assert part.cost_usd == price(snapshot.prices, tasks=1, shots=part.shots)
        same = ("run_id", "target", "compiled_id", "purpose", "iteration", "options")
        assert [getattr(part, n) for n in same] == [getattr(parent, n) for n in same]
        assert part.parent_id == parent.execution_id


@given(parts())
def test_it_is_the_same_again_and_another_one_for_the_next_generation(
    found: tuple[Execution, list[int], DeviceSnapshot],
) -> None:
    parent, missing, snapshot = found
    first = plan_remainder(parent, missing=missing, snapshot=snapshot)
    assert first == plan_remainder(parent, missing=missing, snapshot=snapshot)
    seen = [parent.execution_id]
    generation = list(first)
    for _ in range(2):
        seen += [part.execution_id for part in generation]
        generation = [
            child
            for part in generation
            for child in plan_remainder(
                part,
                missing=[part.shots // len(units(part.action))] * len(units(part.action)),
                snapshot=snapshot,
            )
        ]
    seen += [part.execution_id for part in generation]
    assert len(set(seen)) == len(seen)


def test_nothing_missing_is_nothing_to_buy() -> None:
    copies = [Copy(Unit("a", ()), 0, "Z", "raw", 100)] * 2
    setting = Setting(RunId("a" * 32), 3, "fake", Purpose.ESTIMATE)
    parent = order(copies, setting=setting, seed=7, compiled_id=CompiledId("c"), snapshot=GARNET)
    assert plan_remainder(parent, missing=[0, 0], snapshot=GARNET) == ()
    assert parent.cost_usd > Decimal(0)
