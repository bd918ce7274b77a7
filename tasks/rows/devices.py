"""Rows for the lake of devices: their calibrations, figure by figure, and how they stood."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from datasets.devices.document import write_snapshot
from datasets.records.devices import DeviceSnapshot, Figure, Window
from tasks.core.selection.calibration_age import age_h
from tasks.rows.rows import Row

AHEAD = "ahead"


def snapshot_row(snapshot: DeviceSnapshot, *, target: str, taken_at: datetime) -> Row:
    """The calibration in full; whoever lands it lands the same."""
    return _device(snapshot, target=target, taken_at=taken_at) | {
        "status": None,
        "queue_depth": None,
        "clock": None,
        "document": write_snapshot(snapshot),
    }


def observation_row(
    snapshot: DeviceSnapshot,
    *,
    target: str,
    taken_at: datetime,
    status: str,
    queue_depth: int | None,
) -> Row:
    """How the device stood at one moment, on a calibration that is landed by itself."""
    future = age_h(snapshot.published_at, now=taken_at) is None
    return _device(snapshot, target=target, taken_at=taken_at) | {
        "status": status,
        "queue_depth": queue_depth,
        "clock": AHEAD if future else None,
        "document": None,
    }


def calibration_rows(snapshot: DeviceSnapshot, *, target: str) -> Iterator[Row]:
    """Every figure of the snapshot, used or flagged."""
    same = {"calibration_id": snapshot.calibration_id, "target": target}
    metrics = ("one_qubit_fidelity", "readout_fidelity", "p1_given_0", "p0_given_1", "t1_s", "t2_s")
    for qubit in snapshot.qubits:
        for metric in metrics:
            figure: Figure | None = getattr(qubit, metric)
            if figure is not None:
                yield same | _figure(f"q{qubit.label}", metric, figure)
    for pair in snapshot.pairs:
        first, second = pair.labels
        yield same | _figure(f"{first}-{second}", f"{pair.gate}_fidelity", pair.fidelity)
    for dropped in snapshot.dropped:
        figures = {"value": dropped.value, "stderr": dropped.stderr, "flag": dropped.flag.value}
        yield same | {"element": dropped.element, "metric": dropped.metric} | figures


def _device(snapshot: DeviceSnapshot, *, target: str, taken_at: datetime) -> dict[str, Any]:
    return {
        "calibration_id": snapshot.calibration_id,
        "target": target,
        "vendor": snapshot.vendor,
        "taken_at": taken_at,
        "published_at": snapshot.published_at,
        "n_qubits": snapshot.n_qubits,
        "n_pairs": len(snapshot.pairs),
        "shots_min": snapshot.limits.shots_min,
        "shots_max": snapshot.limits.shots_max,
        "usd_per_task": snapshot.prices.usd_per_task,
        "usd_per_shot": snapshot.prices.usd_per_shot,
        "usd_per_minute": snapshot.prices.usd_per_minute,
        "source": snapshot.source,
        "name": snapshot.name,
        "windows": json.dumps([_window(window) for window in snapshot.windows]),
    }


def _window(window: Window) -> dict[str, str]:
    start, end = window.start.isoformat(), window.end.isoformat()
    return {"day": window.day, "start": start, "end": end}


def _figure(element: str, metric: str, figure: Figure) -> dict[str, object]:
    return {
        "element": element,
        "metric": metric,
        "value": figure.value,
        "stderr": figure.stderr,
        "flag": None,
    }
