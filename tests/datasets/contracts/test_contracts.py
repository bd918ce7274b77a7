"""Each contract takes good rows, and refuses each kind of bad ones in words."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from datasets.contracts.checking import check, contract
from datasets.contracts.meaning import DERIVED
from datasets.lake.conversion import to_table
from datasets.lake.schema.schemas import SCHEMA_VERSIONS
from datasets.lake.schema.tables import TABLES
from tasks.errors import UnknownName
from tests.datasets.lake.lake_rows import RUN_ID, good_rows

NAN, INF = float("nan"), float("inf")
AGO, YET = datetime(1970, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)


def _failures(table: str, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    return check(table, to_table(table, rows)).failed


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_golden_rows_and_no_rows_keep_the_contract(table: str) -> None:
    for rows in (good_rows(table), []):
        verdict = check(table, to_table(table, rows))
        assert verdict.success
        assert verdict.failed == ()


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_a_null_in_any_required_column_is_refused_by_name(table: str) -> None:
    required = [column.name for column in TABLES[table].columns if column.required]
    empty = good_rows(table)[0] | dict.fromkeys(required)
    failed = _failures(table, [empty])
    assert {f"{name} is never null" for name in required} <= set(failed)


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_the_same_row_twice_is_refused(table: str) -> None:
    row = good_rows(table)[0]
    assert any("unique" in text for text in _failures(table, [row, row]))


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_numbers_that_are_not_finite_are_refused(table: str, bad: float) -> None:
    kinds = {"float": bad, "floats": [0.0, bad]}
    names = [column.name for column in TABLES[table].columns if column.kind in kinds]
    changes = {c.name: kinds[c.kind] for c in TABLES[table].columns if c.kind in kinds}
    failed = " ".join(_failures(table, [good_rows(table)[0] | changes])) if names else ""
    for name in names:
        assert re.search(rf"\b{name} (is|are) |that is used", failed)


VIOLATIONS: list[tuple[str, dict[str, Any], str]] = [
    ("runs", {"run_id": "RUN-1"}, "run_id is a UUID or 32 to 64 lower-case hex digits"),
    ("runs", {"run_id": RUN_ID.upper()}, "run_id is a UUID"),
    ("runs", {"state": "paused"}, "state is one of running, completed, failed, cancelled"),
    ("runs", {"parameters": "{oops"}, "parameters is JSON"),
    ("runs", {"flow": " "}, "flow is not empty"),
    ("programs", {"n_qubits": 0}, "n_qubits is at least 1; got 0"),
    ("programs", {"program_id": "ab" * 20}, "program_id is 64 lower-case hex digits"),
    ("compiled_programs", {"estimated_success": 1.01}, "estimated_success is within 0 and 1"),
    ("compiled_programs", {"compile_s": -0.1}, "compile_s is finite and not negative"),
    ("device_snapshots", {"shots_max": 1, "shots_min": 2}, "shots_max is not below shots_min"),
    ("device_snapshots", {"status": "ONLINE"}, "status is one of"),
    ("calibrations", {"element": "3"}, "element is a qubit"),
    ("calibrations", {"flag": None, "value": 1.5}, "that is used is within 0 and 1; got 1.5"),
    ("calibrations", {"flag": None, "value": None}, "a figure that is used has a value"),
    ("calibrations", {"metric": "t1_s", "value": 0.0, "flag": None}, "above 0 s"),
    ("calibrations", {"stderr": -0.1}, "stderr is finite and not negative"),
    ("calibrations", {"flag": "odd"}, "flag is one of"),
    ("selections", {"rank": 0}, "rank is at least 1"),
    ("executions", {"execution_id": "xy" * 20}, "execution_id is 40 lower-case hex digits"),
    ("executions", {"state": "done"}, "state is one of"),
    ("executions", {"purpose": "fun"}, "purpose is one of"),
    ("executions", {"shots_returned": 10**6}, "no more shots come back than were requested"),
    ("executions", {"shots_requested": 0}, "shots_requested is at least 1"),
    ("executions", {"iteration": -1}, "iteration is at least 0"),
    ("counts", {"count": 0}, "count is at least 1"),
    ("counts", {"outcome": 8}, "no more bits than there are qubits; got 3 and 4"),
    ("counts", {"outcome": None}, "in outcome or in outcome_bits"),
    ("counts", {"outcome_bits": b"\1"}, "in outcome or in outcome_bits"),
    ("counts", {"basis": "ZZQ"}, "basis has the letters"),
    ("counts", {"variant": "zne"}, "variant is raw or technique:setting"),
    ("estimates", {"stderr": -1e-9}, "stderr is finite and not negative"),
    ("estimates", {"execution_ids": []}, "execution_ids"),
    ("estimates", {"execution_ids": ["x"]}, "execution_ids"),
    ("estimates", {"method": "ZNE"}, "method is names"),
    ("estimates", {"shots": 0}, "shots is at least 1"),
    ("spend", {"kind": "gift"}, "kind is one of reserve, settle, release; got 'gift'"),
    ("quotes", {"item": "tips"}, "item is one of task_fees"),
    ("quotes", {"usd": Decimal(2), "at_most_usd": Decimal(1)}, "at_most_usd is not below usd"),
    ("members", {"point": -1}, "point is at least 0"),
    ("members", {"compiled_id": "x"}, "compiled_id is 64 lower-case hex digits"),
    ("quality", {"table_name": "nothing"}, "table_name is one of"),
    ("canaries", {"p_value": 1.5}, "p_value is within 0 and 1"),
    ("readouts", {"p0_given_1": -0.1}, "p0_given_1 is within 0 and 1"),
    ("readouts", {"element": "3-8"}, "element is a qubit (q3)"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "change", "says"), VIOLATIONS)
def test_a_broken_rule_is_named_with_the_value(
    table: str, change: dict[str, Any], says: str
) -> None:
    verdict = check(table, to_table(table, [good_rows(table)[0] | change]))
    assert not verdict.success
    assert says in " ".join(verdict.failed)
    assert verdict.report["success"] is False


@pytest.mark.slow
@pytest.mark.parametrize("late", ["ended", "submitted", "created"])
@pytest.mark.parametrize("table", ["executions", "runs"])
def test_whatever_clocks_say_is_as_good(table: str, late: str) -> None:
    times = [column.name for column in TABLES[table].columns if column.kind == "time"]
    row = good_rows(table)[0]
    said = {name: AGO if name.startswith(late) else YET for name in times if row[name] is not None}
    assert _failures(table, [row | said]) == ()


@pytest.mark.slow
def test_outcomes_beyond_2_to_the_63_are_told_apart() -> None:
    row = good_rows("counts")[0] | {"n_qubits": 64}
    big = [row | {"outcome": 2**64 - 1 - k} for k in range(3)]
    wide = row | {"n_qubits": 65, "outcome": None, "outcome_bits": (2**64).to_bytes(9, "big")}
    assert _failures("counts", [*big, wide]) == ()
    assert _failures("counts", [*big, big[0]]) != ()


@pytest.mark.slow
def test_checking_prints_nothing_and_asks_nobody() -> None:
    program = (
        "import sys; sys.path.insert(0, 'tests/datasets/lake')\n"
        "from lake_rows import good_rows; from datasets.contracts import checking\n"
        "from datasets.lake.conversion import to_table; import os\n"
        "checking.warm()\n"
        "assert not checking.check('spend', to_table('spend', good_rows('spend') * 2)).success\n"
        "assert os.environ['GX_ANALYTICS_ENABLED'] == 'false'"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": "."}, check=True, capture_output=True
    )
    assert (done.stdout, done.stderr) == (b"", b"")


@pytest.mark.parametrize("table", TABLES)
def test_a_contract_speaks_of_columns_that_exist_and_says_every_rule_in_words(table: str) -> None:
    told = contract(table)
    known = {column.name for column in TABLES[table].columns} | {"outcome_width"}
    known |= set(DERIVED.get(table, ()))
    assert told["name"] == table
    assert told["meta"]["schema_version"] == SCHEMA_VERSIONS[table]
    for rule in told["expectations"]:
        kwargs = rule["kwargs"]
        named = {kwargs[k] for k in ("column", "column_A", "column_B") if k in kwargs}
        assert named | set(kwargs.get("column_list", ())) <= known
        assert rule["description"]


@pytest.mark.parametrize("table", TABLES)
def test_a_contract_covers_every_required_column_number_and_id(table: str) -> None:
    rules = contract(table)["expectations"]
    ruled = {(rule["type"], rule["kwargs"].get("column")) for rule in rules}
    for column in TABLES[table].columns:
        if column.required:
            assert ("expect_column_values_to_not_be_null", column.name) in ruled
        if column.kind == "id":
            assert ("expect_column_values_to_match_regex", column.name) in ruled
        if column.kind in {"float", "floats", "money"}:
            assert ("expect_column_values_to_be_between", column.name) in ruled


def test_an_unknown_table_has_no_contract() -> None:
    with pytest.raises(UnknownName):
        contract("count")


def test_what_holds_for_all_rows_together_holds_for_any_of_them() -> None:
    # The lake checks the batches of a table together.
    of_rows_or_their_difference = re.compile(
        "expect_(column_values_to_.*|column_pair_values_a_to_be_greater_than_b"
        "|compound_columns_to_be_unique)"
    )
    for table in TABLES:
        for expectation in contract(table)["expectations"]:
            assert of_rows_or_their_difference.fullmatch(expectation["type"])


@pytest.mark.parametrize("table", TABLES)
def test_no_contract_compares_times(table: str) -> None:
    times = {column.name for column in TABLES[table].columns if column.kind == "time"}
    for expectation in contract(table)["expectations"]:
        compared = set(map(str, expectation["kwargs"].values())) & times
        assert not compared or expectation["type"] == "expect_column_values_to_not_be_null"
