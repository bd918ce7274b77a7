"""An answer of any release is told as one of this release."""

import json
from dataclasses import replace
from typing import Any

from tasks.core.answers import answer_of
from tests.tasks.execution.fake_target import a_run

FIRST_SWEEP: dict[str, Any] = {
    "run_id": "1" * 32, "circuit": "c", "target": "local:sv", "parameters": ["t"], "points": 3,
    "measured": 3, "observables": [{"observable": "Z0", "least": 0.0}], "executions": 1,
    "shots": 300, "cost_usd": 0.0, "calibration_id": "a", "compiled_id": "b", "depth": 3,
    "two_qubit_gates": 1, "estimated_success": 1.0, "reason": "why",
}  # fmt: skip

COMMON: dict[str, Any] = {"target": "local:sv", "cost_usd": 0.0}  # every release said this


def told(flow: str, answer: dict[str, Any]) -> dict[str, Any]:
    found = answer_of(replace(a_run(), flow=flow, result=json.dumps(answer)))
    assert found is not None
    return found


def test_what_an_earlier_release_did_not_know_is_empty() -> None:
    first = told("vqe", COMMON | {"energy": -1.1})
    empty = {"plan": {}, "bill": [], "selection": None}
    assert first == COMMON | {"energy": -1.1, "what_if_usd": 0.0} | empty


def test_a_sweep_of_one_target_has_it_among_its_targets() -> None:
    found = told("sweep", FIRST_SWEEP)
    (target,) = found["targets"]
    assert (target["target"], target["compiled_id"], target["engines"]) == ("local:sv", "b", [])
    assert found["observables"] == [{"observable": "Z0", "least": 0.0, "target": "local:sv"}]
    assert found["missing"] == []


def test_what_is_said_stands_and_saying_it_again_changes_nothing() -> None:
    for flow, answer in (("vqe", COMMON | {"plan": {"a": 1}}), ("sweep", FIRST_SWEEP)):
        once = told(flow, answer)
        assert told(flow, once) == once


def test_a_run_without_an_answer_has_none() -> None:
    assert answer_of(a_run()) is None
