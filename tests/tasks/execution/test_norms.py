"""A value beyond what its observable can be is told, with its error bar."""

import json
from pathlib import Path
from typing import Any

import pytest

from datasets.lake.batches import prepare, publish
from datasets.lake.stores import LocalStore
from tasks.execution.norms import told_outside
from tests.tasks.execution.fake_target import a_place, a_run

pytestmark = pytest.mark.slow  # real Parquet, real DuckDB

GOLDEN = Path(__file__).parents[2] / "golden" / "v4" / "rows.json"


def an_estimate(point: int, value: float, **cells: Any) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(GOLDEN.read_text("utf-8"))["estimates"][0]
    del row["outside"]
    told = {"point": point, "value": value, "stderr": 0.04, "bound": 1.0, "iteration": None}
    return row | {"run_id": a_run().run_id, "observable": "Z0*Z1"} | told | cells


def test_values_beyond_their_norm_are_counted_and_the_farthest_is_told(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    rows = [an_estimate(0, 0.99), an_estimate(1, -1.05), an_estimate(2, 1.01)]
    passed = an_estimate(3, 1.2, iteration=4)
    older = an_estimate(4, 7.0, bound=None, observable="X0")
    batch = prepare("estimates", ("a",), [*rows, passed, older])
    publish(LocalStore(Path(place.home.lake)), batch)
    (said,) = told_outside(a_run().run_id, runtime=place)
    assert said.startswith("Z0*Z1: 2 of 3 values are beyond ±1, which no state exceeds; ")
    assert said.endswith("the farthest is -1.0500 ± 0.0400")
    place.journal.close()


def test_of_values_within_nothing_is_told(tmp_path: Path) -> None:
    place = a_place(tmp_path)
    assert told_outside(a_run().run_id, runtime=place) == []
    place.journal.close()
