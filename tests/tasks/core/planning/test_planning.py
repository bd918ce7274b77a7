"""Plans spend the shots that were asked for, fit the device, and cost what they say."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.problems.catalogue import load
from datasets.records.compiled import CompiledProgram
from datasets.records.executions import Execution, Purpose, RunId
from tasks.core.compilation.compiler import compile_program
from tasks.core.physics.ansatz import build
from tasks.core.physics.grouping import group
from tasks.core.planning.actions import units
from tasks.core.planning.orders import Setting
from tasks.core.planning.planner import plan_energies, plan_readout, total_usd
from tasks.errors import BadInput

pytestmark = pytest.mark.slow

PROGRAM = build(load("h2"), kind="uccsd")
GROUPS = group(PROGRAM.observable)
SETTING = Setting(RunId("r"), 1, "emulator:x", Purpose.ITERATION, 0)
COMPILED: dict[str, CompiledProgram] = {}


def compiled(target: str) -> CompiledProgram:
    if target not in COMPILED:
        bases = [g.basis for g in GROUPS]
        COMPILED[target] = compile_program(PROGRAM, snapshot=resolve(target), bases=bases)
    return COMPILED[target]


def plan(
    target: str = "emulator:garnet",
    *,
    points: int = 1,
    scales: tuple[int, ...] = (1,),
    shots: int = 1000,
    setting: Setting = SETTING,
) -> tuple[Execution, ...]:
    return plan_energies(
        compiled(target),
        snapshot=resolve(target),
        groups=GROUPS,
        points=[{"theta_0": 0.1 * i} for i in range(points)],
        scales=scales,
        shares=[1.0 / scale for scale in scales],
        shots=shots,
        setting=setting,
    )


targets = st.sampled_from(["emulator:garnet", "emulator:cepheus", "local:sv"])
scale_lists = st.sampled_from([(1,), (1, 3), (1, 3, 5)])


@settings(deadline=None, max_examples=40)
@given(targets, st.integers(1, 8), scale_lists, st.integers(600, 30_000))
def test_a_plan_fits_the_device_and_the_budget(
    target: str, points: int, scales: tuple[int, ...], shots: int
) -> None:
    limits = resolve(target).limits
    executions = plan(target, points=points, scales=scales, shots=shots)
    assert sum(e.shots for e in executions) <= points * shots
    wanted = {
        (point, g.basis, "raw" if scale == 1 else f"zne:{scale}")
        for point in range(points)
        for g in GROUPS
        for scale in scales
    }
    assert {(x.point, x.basis, x.variant) for e in executions for x in e.executables} == wanted
    for execution in executions:
        count = len(units(execution.action))
        assert count == sum(x.copies for x in execution.executables)
        assert count <= (limits.program_set_executables or 1)
        assert execution.shots % count == 0
        assert limits.shots_min <= execution.shots // count <= limits.shots_max
        assert execution.shots <= (limits.program_set_shots or execution.shots)


@settings(deadline=None, max_examples=40)
@given(
    targets | st.sampled_from(["emulator:emerald", "emulator:forte-enterprise"]),
    st.integers(1, 3),
    scale_lists,
    st.integers(1500, 30_000) | st.integers(30_000, 2_000_000),
)
@example("emulator:garnet", 1, (1,), 100_000_000)
@example("emulator:garnet", 150, (1,), 30_001)
@example("emulator:garnet", 1, (1, 3, 5), 2_100_000)
def test_the_shots_that_were_asked_for_are_spent(
    target: str, points: int, scales: tuple[int, ...], shots: int
) -> None:
    spent = [0] * points
    for execution in plan(target, points=points, scales=scales, shots=shots):
        each = execution.shots // len(units(execution.action))
        for executable in execution.executables:
            spent[executable.point] += executable.copies * each
    assert 0.95 * shots <= min(spent)
    assert max(spent) <= shots


def test_one_iteration_is_one_task() -> None:
    (execution,) = plan(points=3)
    assert execution.cost_usd == Decimal("0.30") + execution.shots * Decimal("0.00145")


def test_without_program_sets_a_circuit_is_a_task() -> None:
    executions = plan("emulator:forte-enterprise", shots=2000)
    assert len(executions) == 5
    assert total_usd(executions) == 5 * Decimal("0.30") + 2000 * Decimal("0.08")


def test_a_heavy_group_has_more_shots() -> None:
    (execution,) = plan(shots=10_000)
    copies = {x.basis: x.copies for x in execution.executables}
    by_norm = [copies[g.basis] for g in sorted(GROUPS, key=lambda g: -g.norm)]
    assert all(heavy >= light for heavy, light in pairwise(by_norm))
    assert by_norm[0] > 5 * by_norm[-1]


def test_the_same_plan_has_the_same_ids_and_another_place_has_others() -> None:
    def ids(**changes: object) -> list[str]:
        from dataclasses import replace

        return [e.execution_id for e in plan(setting=replace(SETTING, **changes))]  # type: ignore[arg-type]

    assert ids() == ids()
    changed = [ids(), ids(iteration=1), ids(seed=2), ids(run_id="s"), ids(target="emulator:y")]
    assert len({i for found in changed for i in found}) == len(changed)


def test_the_seed_does_not_depend_on_the_run() -> None:
    from dataclasses import replace

    (one,), (other,) = plan(), plan(setting=replace(SETTING, run_id=RunId("s")))
    assert one.seed == other.seed
    assert one.execution_id != other.execution_id


def test_a_readout_calibration_prepares_both_states_of_every_measured_qubit() -> None:
    snapshot = resolve("emulator:garnet")
    setting = Setting(RunId("r"), 1, "emulator:garnet", Purpose.READOUT)
    (execution,) = plan_readout(
        compiled("emulator:garnet"), snapshot=snapshot, shots=500, setting=setting
    )
    assert [x.variant for x in execution.executables] == ["readout:0", "readout:1"]
    zeros, ones = units(execution.action)
    assert zeros.source.count("prx") == 0
    assert ones.source.count("prx(3.141592653589793, 0.0)") == 4


@pytest.mark.parametrize(
    ("target", "shots", "tasks"),
    [
        ("emulator:garnet", 20_000, 1),
        ("emulator:garnet", 1_000_000, 10),
        ("emulator:cepheus", 50_001, 1),
        ("emulator:forte-enterprise", 8000, 4),
        ("local:sv", 100_000_000, 1),
    ],
)
def test_a_readout_calibration_above_the_limit_of_one_circuit_is_split(
    target: str, shots: int, tasks: int
) -> None:
    executions = plan_readout(
        compiled(target), snapshot=resolve(target), shots=shots, setting=SETTING
    )
    assert len(executions) == tasks
    assert len({e.execution_id for e in executions}) == tasks
    spent = {"readout:0": 0, "readout:1": 0}
    for execution in executions:
        each = execution.shots // len(units(execution.action))
        for executable in execution.executables:
            spent[executable.variant] += executable.copies * each
    assert spent["readout:0"] == spent["readout:1"] == pytest.approx(shots, abs=100)
    assert spent["readout:0"] <= shots


def test_a_readout_calibration_with_too_few_shots_is_refused_in_words() -> None:
    target = "emulator:cepheus"
    with pytest.raises(BadInput) as refusal:
        plan_readout(compiled(target), snapshot=resolve(target), shots=9, setting=SETTING)
    assert str(refusal.value) == (
        f"A circuit needs at least 10 shots on {resolve(target).name}; got 9. Ask for at least 10."
    )
