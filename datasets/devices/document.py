"""Read and write device snapshots as files that people can compare line by line."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import combinations

from pydantic import ValidationError

from datasets.devices.document_model import (
    FORMAT,
    PairLine,
    QubitLine,
    SnapshotDocument,
)
from datasets.devices.identity import sealed
from datasets.files.json_text import read_json
from datasets.records.devices import (
    CalibrationId,
    DeviceSnapshot,
    Dropped,
    Figure,
    Limits,
    Pair,
    Prices,
    Qubit,
    Window,
)
from tasks.errors import BadInput

RAW_KEYS = frozenset({"braketSchemaHeader", "deviceCapabilities", "paradigm"})
_QUBIT_FIGURES = (
    "one_qubit_fidelity",
    "readout_fidelity",
    "p1_given_0",
    "p0_given_1",
    "t1_s",
    "t2_s",
)


def read_snapshot(text: str, *, origin: str) -> DeviceSnapshot:
    """Return the snapshot that `text` holds; `origin` names it in messages.

    The calibration id is computed from the content. A text that states another one was changed
    after it was written.

    Raises:
        BadInput: the text is not a snapshot file of format 1, or contradicts itself.
    """
    _check_kind(text, origin=origin)
    try:
        document = SnapshotDocument.model_validate_json(text)
    except ValidationError as error:
        raise BadInput(_first_fault(error, origin=origin)) from error
    snapshot = sealed(_snapshot(document, origin=origin))
    if document.calibration_id not in {None, snapshot.calibration_id}:
        message = (
            f"{origin} is corrupt: it states calibration_id {document.calibration_id[:12]}..., its "
            f"content has {snapshot.calibration_id[:12]}.... Restore the file, or delete its "
            "calibration_id line if the change is meant."
        )
        raise BadInput(message)
    return snapshot


def write_snapshot(snapshot: DeviceSnapshot) -> str:
    """Return the snapshot file: one qubit, pair or dropped figure a line, in sorted order."""
    head: dict[str, object] = {
        "format": FORMAT,
        "calibration_id": sealed(snapshot).calibration_id,
        "name": snapshot.name,
        "vendor": snapshot.vendor,
        "kind": snapshot.kind.value,
        "arn": snapshot.arn,
        "published_at": snapshot.published_at.astimezone(UTC).isoformat(),
        "source": snapshot.source,
        "fully_connected": snapshot.fully_connected,
        "native_gates": list(snapshot.native_gates),
        "prices": _prices(snapshot.prices),
        "limits": _present(snapshot.limits),
    }
    lists: dict[str, Sequence[object]] = {
        "windows": [_window(window) for window in snapshot.windows],
        "qubits": list(_qubit_lines(snapshot.qubits)),
        "pairs": list(_pair_lines(snapshot)),
        "dropped": [_present(dropped) for dropped in snapshot.dropped],
    }
    entries = [f"  {_json(key)}: {_json(value)}" for key, value in head.items()]
    entries += [f"  {_json(key)}: {_block(items)}" for key, items in lists.items()]
    return "{\n" + ",\n".join(entries) + "\n}\n"


def _check_kind(text: str, *, origin: str) -> None:
    content = read_json(text, origin=origin, wanted="Give a device snapshot file.")
    if isinstance(content, str) or (isinstance(content, dict) and RAW_KEYS & content.keys()):
        message = (
            f"{origin} is a raw Braket capabilities document, not a device snapshot. "
            f"Import it first: qrt devices import {origin}"
        )
        raise BadInput(message)
    stated = content.get("format") if isinstance(content, dict) else None
    if isinstance(stated, int) and stated > FORMAT:
        message = f"{origin} has format {stated}; this version reads {FORMAT}. Update the runtime."
        raise BadInput(message)
    if stated is None:
        message = (
            f"{origin} is not a device snapshot: it states no format. Give a file that "
            "`qrt devices import` wrote."
        )
        raise BadInput(message)


def _first_fault(error: ValidationError, *, origin: str) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return (
        f"{origin} is not a valid device snapshot: {place or 'it'}: {first['msg']}. "
        "Correct the file, or import the capabilities document again."
    )


def _snapshot(document: SnapshotDocument, *, origin: str) -> DeviceSnapshot:
    qubits = _qubits(document.qubits, origin=origin)
    labels = tuple(qubit.label for qubit in qubits)
    pairs = _pairs(document.pairs, labels=labels, origin=origin)
    if document.fully_connected and len(pairs) != len(labels) * (len(labels) - 1) // 2:
        message = (
            f"{origin} says fully_connected but lists {len(pairs)} pairs for {len(labels)} qubits. "
            'List every pair, or one line with "labels": "all".'
        )
        raise BadInput(message)
    return DeviceSnapshot(
        calibration_id=CalibrationId(""),
        name=document.name,
        vendor=document.vendor,
        kind=document.kind,
        arn=document.arn,
        published_at=document.published_at,
        fully_connected=document.fully_connected,
        native_gates=document.native_gates,
        qubits=qubits,
        pairs=pairs,
        windows=tuple(Window(line.day, line.start, line.end) for line in document.windows),
        prices=Prices(**document.prices.model_dump()),
        limits=Limits(**document.limits.model_dump()),
        dropped=tuple(Dropped(**line.model_dump()) for line in document.dropped),
        source=document.source,
    )


def _qubits(lines: Sequence[QubitLine], *, origin: str) -> tuple[Qubit, ...]:
    found: dict[int, Qubit] = {}
    for line in lines:
        figures = {name: _figure(getattr(line, name)) for name in _QUBIT_FIGURES}
        for label in _labels(line):
            if label in found:
                message = f"{origin} lists qubit {label} twice. Keep one line for each qubit."
                raise BadInput(message)
            found[label] = Qubit(label, **figures)
    return tuple(found[label] for label in sorted(found))


def _labels(line: QubitLine) -> range:
    if line.labels is not None:
        return range(line.labels[0], line.labels[1] + 1)
    assert line.label is not None  # noqa: S101 - QubitLine has exactly one of the two
    return range(line.label, line.label + 1)


def _pairs(lines: Sequence[PairLine], *, labels: tuple[int, ...], origin: str) -> tuple[Pair, ...]:
    known, found = set(labels), dict[tuple[int, int], Pair]()
    for line in lines:
        figure = Figure(*line.fidelity)
        covered = combinations(labels, 2) if line.labels == "all" else (line.labels,)
        for first, second in covered:
            _check_pair(first, second, known=known, found=found, origin=origin)
            found[first, second] = Pair((first, second), line.gate, figure)
    return tuple(found[key] for key in sorted(found))


def _check_pair(
    first: int,
    second: int,
    *,
    known: set[int],
    found: dict[tuple[int, int], Pair],
    origin: str,
) -> None:
    fault = None
    if first >= second:
        fault = "must name two qubits, the lower label first"
    elif not {first, second} <= known:
        fault = f"names qubit {min({first, second} - known)}, which is not among the qubits"
    elif (first, second) in found:
        fault = "is listed twice"
    if fault is not None:
        message = (
            f"{origin} is not a valid device snapshot: pair {first}-{second} {fault}. Mend it."
        )
        raise BadInput(message)


def _figure(published: tuple[float, float | None] | None) -> Figure | None:
    return None if published is None else Figure(*published)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _block(items: Sequence[object]) -> str:
    if not items:
        return "[]"
    return "[\n" + ",\n".join(f"    {_json(item)}" for item in items) + "\n  ]"


def _present(record: Limits | Dropped) -> dict[str, object]:
    return {
        name: getattr(record, name)
        for name in record.__slots__
        if getattr(record, name) is not None
    }


def _prices(prices: Prices) -> dict[str, object]:
    return {
        name: value if isinstance(value := getattr(prices, name), int) else format(value, "f")
        for name in prices.__slots__
    }


def _window(window: Window) -> dict[str, object]:
    return {"day": window.day, "start": window.start.isoformat(), "end": window.end.isoformat()}


def _published(figure: Figure) -> object:
    return figure.value if figure.stderr is None else [figure.value, figure.stderr]


def _qubit_lines(qubits: Sequence[Qubit]) -> Iterator[dict[str, object]]:
    runs: list[tuple[int, int, dict[str, object]]] = []
    for qubit in qubits:
        figures = {
            name: _published(figure)
            for name in _QUBIT_FIGURES
            if (figure := getattr(qubit, name)) is not None
        }
        if runs and runs[-1][1] == qubit.label - 1 and runs[-1][2] == figures:
            runs[-1] = (runs[-1][0], qubit.label, figures)
        else:
            runs.append((qubit.label, qubit.label, figures))
    for first, last, figures in runs:
        span: dict[str, object] = {"label": first} if first == last else {"labels": [first, last]}
        yield span | figures


def _pair_lines(snapshot: DeviceSnapshot) -> Iterator[dict[str, object]]:
    pairs = snapshot.pairs
    same = len({(pair.gate, pair.fidelity) for pair in pairs}) == 1
    if snapshot.fully_connected and same:
        yield {"labels": "all", "gate": pairs[0].gate, "fidelity": _published(pairs[0].fidelity)}
        return
    for pair in pairs:
        yield {
            "labels": list(pair.labels),
            "gate": pair.gate,
            "fidelity": _published(pair.fidelity),
        }
