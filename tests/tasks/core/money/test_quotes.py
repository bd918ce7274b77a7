"""A quote says what a plan buys, and what it would cost with a task for each circuit."""

from decimal import Decimal
from functools import lru_cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.problems.catalogue import load
from datasets.records.compiled import CompiledProgram
from datasets.records.executions import Execution, Purpose, RunId
from tasks.core.compilation.compiler import compile_program
from tasks.core.money.quotes import Quote, quote_circuits, quote_executions
from tasks.core.physics.ansatz import build
from tasks.core.physics.grouping import group
from tasks.core.planning.orders import Setting
from tasks.core.planning.planner import plan_circuits

pytestmark = pytest.mark.slow

GARNET = "emulator:garnet"


@lru_cache
def compiled(target: str) -> CompiledProgram:
    program = build(load("h2"), kind="uccsd")
    basis = group(program.observable)[0].basis
    return compile_program(program, snapshot=resolve(target), bases=[basis])


def plan(target: str, count: int, *, shots: int) -> tuple[Execution, ...]:
    (measured,) = compiled(target).measured
    return plan_circuits(
        [measured.circuit],
        points=[{"theta_0": 0.01 * i} for i in range(count)],
        numbers=range(count),
        keys=[(measured.basis, "raw")],
        shots=shots,
        compiled=compiled(target),
        snapshot=resolve(target),
        setting=Setting(RunId("r"), 1, target, Purpose.ESTIMATE),
    )


def test_250_circuits_are_3_tasks_and_90_cents_instead_of_250_and_75_dollars() -> None:
    quote = quote_executions(plan(GARNET, 250, shots=100), snapshot=resolve(GARNET))
    assert quote.plain() == {
        "tasks": 3,
        "shots": 25_000,
        "fee_usd": 0.90,
        "usd": 37.15,
        "expected_usd": 37.15,
        "at_most_usd": 37.15,
        "items": [
            {"item": "task_fees", "tasks": 3, "shots": 0, "usd": 0.90},
            {"item": "shots", "tasks": 0, "shots": 25_000, "usd": 36.25},
        ],
        "unpacked": {"tasks": 250, "fee_usd": 75.00, "usd": 111.25},
    }


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from([GARNET, "emulator:cepheus", "emulator:forte-enterprise", "local:sv"]),
    st.integers(1, 120),
    st.integers(100, 60_000),
)
@example(GARNET, 100, 5000)
@example(GARNET, 3, 50_000)
@example("emulator:forte-enterprise", 3, 5001)
def test_circuits_are_quoted_without_a_plan_as_they_are_with_one(
    target: str, count: int, shots: int
) -> None:
    snapshot = resolve(target)
    planned = quote_executions(plan(target, count, shots=shots), snapshot=snapshot)
    assert quote_circuits(count, shots=shots, snapshot=snapshot) == planned
    assert planned.unpacked_tasks >= count
    if snapshot.limits.program_set_executables is None:
        assert planned.unpacked_tasks == planned.tasks


def test_copies_that_share_out_shots_are_one_circuit_when_unpacked() -> None:
    (execution,) = plan(GARNET, 1, shots=50_000)
    quote = quote_executions([execution], snapshot=resolve(GARNET))
    assert (quote.tasks, quote.unpacked_tasks) == (1, 3)  # of 20,000 shots at most


@given(st.integers(0, 50))
def test_a_quote_bought_n_times_is_n_quotes_added_up(times: int) -> None:
    one = Quote(1, 100, Decimal("0.30"), Decimal("0.445"), 2, Decimal("0.60"))
    assert one.times(times) == sum([one] * times, Quote())
