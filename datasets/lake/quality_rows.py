"""Rows of `quality`: each check of a chunk against its contracts, with its verdict."""

from collections.abc import Sequence
from datetime import UTC, datetime

from datasets.contracts.checking import PASSED, Verdict
from datasets.lake.batches import Batch, landed, prepare, publish
from datasets.lake.encoding import Label
from datasets.lake.naming import file_path
from datasets.lake.stores import Store
from tasks.core.identity import digest


def has_passed(store: Store, labels: Sequence[Label], *, run_id: str) -> bool:
    """Whether `quality` already has this very chunk as one that kept its contracts."""
    passed = _quality_batch(labels, [PASSED] * len(labels), run_id=run_id, reports=())
    return landed(store, passed) is not None


def land_verdicts(
    store: Store,
    labels: Sequence[Label],
    verdicts: Sequence[Verdict],
    *,
    run_id: str,
    reports: Sequence[str] = (),
) -> None:
    """Land one `quality` file with a row a check, unless it says the same already."""
    batch = _quality_batch(labels, verdicts, run_id=run_id, reports=reports)
    if landed(store, batch) is None:
        publish(store, batch)


def _quality_batch(
    labels: Sequence[Label],
    verdicts: Sequence[Verdict],
    *,
    run_id: str,
    reports: Sequence[str],
) -> Batch:
    """Return the `quality` rows of a chunk; another outcome has another key."""
    now = datetime.now(UTC)
    places = reports or [""] * len(labels)
    paths = [file_path(label.table, label.key) for label in labels]
    rows = [
        {
            "run_id": run_id,
            "table_name": label.table,
            "batch": str(path),
            "contract": f"{label.table} v{label.version}",
            "success": verdict.success,
            "failed": verdict.failed,
            "report": report or None,
            "checked_at": now,
        }
        for label, path, verdict, report in zip(labels, paths, verdicts, places, strict=True)
    ]
    told = [(row["batch"], row["failed"], row["report"]) for row in rows]
    outcome = digest([told, [label.identity for label in labels]])
    return prepare("quality", (run_id, outcome[:32]), rows)
