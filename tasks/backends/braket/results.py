"""Read what a finished task left, in either form, as one histogram an executable."""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from datasets.records.executions import Failure
from tasks.backends.protocol import Histogram
from tasks.backends.result_checks import (
    Damaged,
    bit_rows,
    document,
    duration_s,
    measured_labels,
    weighted_rows,
    whole,
)
from tasks.errors import ResultUnreadable

ROOT: Final = "results.json"
MAX_QUBITS: Final = 64  # bits of an outcome
_PROGRAM_SET: Final = "braket.task_result.program_set_task_result"
_SINGLE: Final = "braket.task_result.gate_model_task_result"
_MEASURE: Final = re.compile(r"\w+\[(\d+)\]\s*=\s*measure\s+(?:\$(\d+)|\w+\[(\d+)\])\s*;")
Document = Mapping[str, Any]
Read = Callable[[Sequence[str]], Sequence[Document]]


@dataclass(frozen=True, slots=True)
class _Entry:
    """What one executable returned, and the labels it was to measure, in the order of the bits."""

    document: Document
    order: tuple[int, ...]
    place: str


@dataclass(frozen=True, slots=True, eq=False)
class Returned:
    """What the executables of a task returned, in the order of its action.

    `duration_s` is how long a simulator worked on it, 0 for other devices.
    """

    histograms: tuple[Histogram, ...]
    duration_s: float


def returned(read: Read, *, shots: int) -> Returned:
    """Return what the executables of a task returned.

    `read` gets objects by their paths below the task's directory; `shots` were asked for in all.

    Raises:
        ResultUnreadable: an object is not what a result has to be.
    """
    try:
        return _returned(read, shots=shots)
    except Damaged as fault:
        raise ResultUnreadable(ROOT, str(fault)) from fault


def _returned(read: Read, *, shots: int) -> Returned:
    (found,) = read([ROOT])
    root = document(found)
    schema = document(root.get("braketSchemaHeader")).get("name")
    if schema == _SINGLE:
        action = document(document(root.get("additionalMetadata")).get("action"))
        entries = [_Entry(root, _measured(str(action.get("source", ""))), ROOT)]
    elif schema == _PROGRAM_SET:
        entries = list(_entries(root, read=read))
    else:
        raise ResultUnreadable(ROOT, f"its form is {schema!r:.80}")
    if not entries:
        raise ResultUnreadable(ROOT, "it has no executables")
    each = shots // len(entries)
    return Returned(tuple(_histogram(entry, shots=each) for entry in entries), _duration_s(root))


def failures(histograms: Sequence[Histogram]) -> Iterator[str]:
    """Say how many executables failed, and the reason of the first; nothing where none did."""
    found = [histogram.failure for histogram in histograms if histogram.failure]
    for first in found[:1]:
        again = "may be tried again" if first.retryable else "not to be tried again"
        count = f"{len(found)} of {len(histograms)} executables failed"
        yield f"{count}: {first.reason.rstrip('. ')} ({again})"


def _duration_s(root: Document) -> float:
    metadata = document(root.get("additionalMetadata"))
    return duration_s(document(metadata.get("simulatorMetadata")).get("executionDuration"))


def _entries(root: Document, *, read: Read) -> Iterator[_Entry]:
    """Gather a program set's entries; each level below the root is read at once."""
    named = _listed(root, "programResults", place=ROOT)
    programs = _resolved(named, read=read)
    folders = [posixpath.dirname(item) if isinstance(item, str) else "" for item in named]
    places, wanted = list[tuple[int, str]](), list[Any]()
    for at, (program, folder) in enumerate(zip(programs, folders, strict=True)):
        place = posixpath.join(folder, ROOT)
        for item in (program.get("source"), *_listed(program, "executableResults", place=place)):
            path = posixpath.join(folder, item) if isinstance(item, str) else item
            places.append((at, path if isinstance(path, str) else place))
            wanted.append(path)
    found = [
        (*place, item) for place, item in zip(places, _resolved(wanted, read=read), strict=True)
    ]
    for at in range(len(programs)):
        (source, *executables) = [(place, item) for index, place, item in found if index == at]
        order = _measured(str(source[1].get("source", "")))
        yield from (_Entry(item, order, place) for place, item in sorted(executables, key=_index))


def _index(item: tuple[str, Document]) -> int:
    """Return which inputs an executable ran with; equal ones keep their order."""
    return whole(item[1].get("inputsIndex"))


def _resolved(items: Sequence[Any], *, read: Read) -> list[Document]:
    """Return each item: the object at a path, or what stands in its place."""
    paths = [item for item in items if isinstance(item, str)]
    objects = iter(read(paths) if paths else ())
    return [document(next(objects) if isinstance(item, str) else item) for item in items]


def _listed(document: Document, name: str, *, place: str) -> Sequence[Any]:
    found = document.get(name)
    if not isinstance(found, list):
        raise ResultUnreadable(place, f"it has no list {name}")
    return found


def _measured(source: str) -> tuple[int, ...]:
    """Return the labels that an OpenQASM text measures, in the order of its bits."""
    bits = {int(m[1]): int(m[2] or m[3]) for m in _MEASURE.finditer(source)}
    return tuple(bits[bit] for bit in sorted(bits))


def _failed(entry: _Entry) -> bool:
    schema = str(document(entry.document.get("braketSchemaHeader")).get("name"))
    return schema.endswith(("_failure", "_cancellation"))


def _failure(entry: _Entry) -> Failure:
    said = document(entry.document.get("failureMetadata"))
    reason = str(said.get("failureReason") or "it was cancelled")
    return Failure(reason, bool(said.get("retryable")))


def _histogram(entry: _Entry, *, shots: int) -> Histogram:
    if _failed(entry):
        nothing = _tallied(np.zeros(0, dtype=np.uint64), None, n_qubits=max(1, len(entry.order)))
        return replace(nothing, failure=_failure(entry))
    try:
        bits, weights = _bits(entry.document, shots=shots)
        labels = measured_labels(entry.document.get("measuredQubits"), n_qubits=bits.shape[1])
    except Damaged as fault:
        raise ResultUnreadable(entry.place, str(fault)) from fault
    order = entry.order or tuple(labels)
    if not set(order) <= set(labels) or len(order) > MAX_QUBITS:
        what = f"it measures {labels!r:.80} where the circuit measures {list(order)!r:.80}"
        raise ResultUnreadable(entry.place, what)
    columns = bits[:, [labels.index(label) for label in order]].astype(np.uint64)
    powers = np.left_shift(np.uint64(1), np.arange(len(order), dtype=np.uint64))
    return _tallied(columns @ powers, weights, n_qubits=len(order))


def _bits(result: Document, *, shots: int) -> tuple[NDArray[np.uint8], NDArray[np.int64] | None]:
    """Return bits (n, n_measured), and how often each row was seen unless it is once."""
    measured, stated = result.get("measurements"), result.get("measurementProbabilities")
    if measured or not stated:
        return bit_rows(measured, shots=shots), None
    return weighted_rows(stated, shots=shots)


def _tallied(
    outcomes: NDArray[np.uint64], weights: NDArray[np.int64] | None, *, n_qubits: int
) -> Histogram:
    distinct, place = np.unique(outcomes, return_inverse=True)
    counts = np.bincount(place, weights=weights, minlength=len(distinct)).astype(np.uint32)
    kept = counts > 0
    return Histogram(n_qubits, distinct[kept], counts[kept])
