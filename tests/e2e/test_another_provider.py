"""A second provider is one module and one line in the registry: its sweep is quoted and paid."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.acme import TARGET
from tests.e2e.conftest import Command, Ran

pytestmark = pytest.mark.e2e

CIRCUIT = "OPENQASM 3.0; input float theta; qubit[2] q; rx(theta) q[0]; cnot q[0], q[1];"
BOUGHT = """
    SELECT target, count(*), sum(cost_usd), sum(what_if_usd) FROM executions GROUP BY target
"""
LEDGER = "SELECT kind, count(*), sum(usd) FROM spend GROUP BY kind ORDER BY kind"


@pytest.fixture
def acme(qrt: Command) -> Callable[..., Ran]:
    """Return `qrt` with Acme in the registry."""
    return partial(qrt, main="tests.e2e.acme:main")


@pytest.fixture
def circuit(tmp_path: Path) -> str:
    path = tmp_path / "pair.qasm"
    path.write_text(CIRCUIT)
    return str(path)


def test_a_sweep_there_is_quoted_journaled_charged_and_landed(
    acme: Callable[..., Ran], circuit: str
) -> None:
    def rows(sql: str) -> list[list[Any]]:
        return [list(row.values()) for row in acme("query", sql, "--json").answer]

    asked = ("--circuit", circuit, "--points", "theta=0:3:4", "--shots", "200", "--json")
    place = ("--target", TARGET)
    quoted = acme("quote", "sweep", *asked, *place).answer
    answer = acme("sweep", *asked, *place).answer
    assert answer["state"] == "completed"
    assert answer["cost_usd"] == pytest.approx(quoted["cost_usd"])
    assert answer["cost_usd"] > 0
    ((target, n_executions, cost_usd, what_if_usd),) = rows(BOUGHT)
    assert (target, what_if_usd) == (TARGET, 0)
    assert n_executions == quoted["tasks"]
    assert cost_usd == pytest.approx(answer["cost_usd"])
    assert {kind for kind, *_ in rows(LEDGER)} >= {"reserve", "settle"}
    again = acme("sweep", *asked, *place).answer
    assert (again["shots"], again["cost_usd"]) == (0, 0)
    assert rows("SELECT count(*) FROM estimates") == [[8]]


def test_its_devices_can_be_chosen_and_its_names_are_checked(
    acme: Callable[..., Ran], circuit: str
) -> None:
    point = ("sweep", "--circuit", circuit, "--points", "theta=1", "--shots", "100")
    assert acme(*point, "--target", "acme:auto", "--json").answer["target"] == TARGET
    refused = acme(*point, "--target", "acme:feather")
    assert refused.code == 2
    assert refused.line == f"acme:feather is no device of Acme's. Write {TARGET}."
