"""Quarantine: rows that may not enter the lake, kept with the reasons beside them."""

import contextlib
import json
from pathlib import Path, PurePosixPath

from datasets.contracts.checking import Verdict
from datasets.lake import encoding
from datasets.lake.batches import Batch
from datasets.lake.stores import LocalStore


def keep(folder: Path, batch: Batch, verdict: Verdict) -> Path:
    """Write refused rows under the name they were to have, and the report as JSON beside them.

    Other rows that were refused under the same name before stay: the later ones get a suffix.
    """
    store = LocalStore(folder.absolute())
    place = _keep_rows(store, batch)
    told = {"table": batch.label.table, "batch": str(batch.path), "success": verdict.success}
    report = told | {"failed": verdict.failed, "report": verdict.report}
    text = json.dumps(report, indent=1, sort_keys=True, default=str)
    with contextlib.suppress(FileExistsError):
        store.publish(place.with_suffix(".json"), text.encode())
    return store.root / place


def _keep_rows(store: LocalStore, batch: Batch) -> PurePosixPath:
    data = encoding.encode(batch.rows, batch.label)
    beside = batch.path.with_stem(f"{batch.path.stem}-{batch.label.sha256[:12]}")
    for place in (batch.path, beside):
        try:
            store.publish(place, data)
        except FileExistsError:
            if store.read(place) != data:
                continue
        return place
    return beside
