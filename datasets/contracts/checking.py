"""Hold a table's rows against its contract, a Great Expectations suite kept as JSON."""

import contextlib
import json
import logging
import os
import threading
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from datasets.contracts import prepared
from datasets.contracts.frames import frame, seen
from datasets.contracts.meaning import Related
from datasets.contracts.witnesses import witnesses
from datasets.lake.schema.schemas import table_of
from datasets.lake.schema.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

FEW_ROWS = 500  # looking for witnesses among fewer costs more than checking them all
# Great Expectations keeps its context and metrics in globals: one import, one check at a time.
_turn = threading.RLock()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether rows keep a contract; `failed` in words, `report` in full, empty on success."""

    success: bool
    failed: tuple[str, ...]
    report: dict[str, Any]


PASSED = Verdict(success=True, failed=(), report={})


def warm() -> None:
    """Start importing Great Expectations (3 to 10 s) beside whatever else goes on.

    Then the contracts are prepared, which takes 40 ms for each.
    """
    threading.Thread(target=_warm, name="contracts", daemon=True).start()


def check(table: str, rows: "pa.Table", related: Related | None = None) -> Verdict:
    """Return the verdict on rows that have the table's schema, nulls allowed anywhere.

    What they refer to, and what they should add up to, is checked against the `related` rows.
    Great Expectations sees the witnesses alone, and all rows once a witness breaks the contract.

    Raises:
        UnknownName: there is no such table.
    """
    every = seen(table, rows, related)
    few = witnesses(every, _rules(table)) if len(every) > FEW_ROWS else every
    with _turn:
        if _prepared(table).holds(frame(few)):
            return PASSED
        result = _validated(table, every)
    failed = tuple(_in_words(one) for one in result.results if not one.success)
    return Verdict(success=result.success, failed=failed, report=result.to_json_dict())


def contract(table: str) -> dict[str, Any]:
    """Return a table's contract as it is kept: name, notes and expectations."""
    table_of(table)
    text = resources.files("datasets.contracts").joinpath(f"{table}.json").read_text("utf-8")
    told: dict[str, Any] = json.loads(text)
    return told


def _validated(table: str, rows: "pa.Table") -> Any:
    batch = _open_batches().get_batch(batch_parameters={"dataframe": frame(rows)})
    return batch.validate(_suite(table), result_format="SUMMARY")


def _warm() -> None:
    with contextlib.suppress(Exception):  # the first check meets the same fault, and raises it
        for table in TABLES:
            _prepared(table)


@cache
def _open_batches() -> Any:
    """Return what turns a data frame into a batch, in a context that lives in memory only."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = context.data_sources.add_pandas("lake").add_dataframe_asset("rows")
    return asset.add_batch_definition_whole_dataframe("whole")


@cache
def _rules(table: str) -> tuple[dict[str, Any], ...]:
    return tuple(contract(table)["expectations"])


def _prepared(table: str) -> prepared.Prepared:
    with _turn:
        return _prepare(table)


@cache
def _prepare(table: str) -> prepared.Prepared:
    _open_batches()
    return prepared.prepare(_suite(table).expectations)


@cache
def _suite(table: str) -> Any:
    import great_expectations as gx

    told = contract(table)
    return gx.ExpectationSuite(name=told["name"], expectations=told["expectations"])


def _in_words(result: Any) -> str:
    """Say what failed, and the first values that did."""
    said = str(result.expectation_config.description)
    seen = result.result.get("partial_unexpected_list") or []
    raised = _exception(result.exception_info)
    if raised:
        return f"{said}; it could not be checked ({raised:.120})"
    if not seen or result.expectation_config.type == "expect_column_values_to_not_be_null":
        return said
    return f"{said}; got {', '.join(_shown(value) for value in seen[:3])}"


def _exception(info: Any) -> str:
    """Return the message of what went wrong in the check itself, if anything did."""
    each = [info, *info.values()] if isinstance(info, dict) else []
    return next(
        (str(one["exception_message"]) for one in each if _is_raised(one)),
        "",
    )


def _is_raised(info: Any) -> bool:
    return isinstance(info, dict) and bool(info.get("raised_exception"))


def _shown(value: Any) -> str:
    """Show a value, or the values of several columns, without numpy's names for numbers."""
    if isinstance(value, dict):
        return " and ".join(f"{name} {_shown(one)}" for name, one in value.items())
    if isinstance(value, (tuple, list)):
        return " and ".join(map(_shown, value))
    return f"{value!s:.60}" if not isinstance(value, str) else f"{value!r:.60}"
