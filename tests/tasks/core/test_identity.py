"""Content addresses are the same everywhere, and differ when content does."""

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.identity import EXECUTION_ID_LENGTH, canonical, digest, execution_id

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.text(), plain))
def test_the_order_of_keys_does_not_matter(content: dict[str, object]) -> None:
    assert canonical(content) == canonical(dict(reversed(content.items())))


@given(plain)
def test_a_tuple_is_a_list(content: object) -> None:
    assert canonical([content]) == canonical((content,))


def test_money_and_times_have_one_form() -> None:
    assert canonical(Decimal("0.30")) == canonical(Decimal("0.3")) == b'"0.3"'
    assert canonical(datetime(2026, 5, 5, tzinfo=UTC)) == b'"2026-05-05T00:00:00+00:00"'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_none_have_no_address(value: float) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        canonical([value])


def test_values_without_a_form_are_refused() -> None:
    with pytest.raises(TypeError, match="set has no canonical form"):
        canonical({1, 2})


def test_another_interpreter_finds_the_same_address() -> None:
    content = {"b": [1.5, "é"], "a": None}
    program = f"from tasks.core.identity import digest; print(digest({content!r}))"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == digest(content)


def an_execution(**changes: object) -> str:
    usual: dict[str, object] = {
        "target": "emulator:garnet",
        "device_parameters": {},
        "shots": 100,
        "repetition": 0,
        "run_id": "r",
    }
    return execution_id(b"action", **(usual | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"target": "local:sv"},
        {"device_parameters": {"seed": 1}},
        {"shots": 101},
        {"repetition": 1},
        {"run_id": "s"},
    ],
)
def test_whatever_is_bought_differently_has_another_id(change: dict[str, object]) -> None:
    assert an_execution() == an_execution()
    assert an_execution(**change) != an_execution()
    assert len(an_execution()) == EXECUTION_ID_LENGTH
