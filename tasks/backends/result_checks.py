"""Check what a provider sent before it becomes counts: shapes, ranges, sums, no NaN.

A damaged result is refused by name and never guessed at: its task was paid for, and can be read
again once the object is restored.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SUM_TOLERANCE: Final = 1e-3  # by which rounded probabilities may miss 1
_ROUNDING: Final = 1e-9

Bits = NDArray[np.uint8]
Tally = NDArray[np.int64]


class Damaged(Exception):  # noqa: N818 - a signal below `braket_results`, which says where
    """What is wrong with a document."""


def document(value: object) -> Mapping[str, Any]:
    """Return an object of JSON; an absent one is empty.

    Raises:
        Damaged: it is none.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        message = f"{value!r:.40} stands where an object should"
        raise Damaged(message)
    return value


def bit_rows(rows: object, *, shots: int) -> Bits:
    """Return measured bits, (n_shots, n_qubits), one row a shot.

    Raises:
        Damaged: it is no table of 0 and 1, or has more rows than the `shots` that were asked for.
    """
    bits = _table(rows)
    if len(bits) > shots:
        message = f"it has {len(bits):,} shots, and {shots:,} were asked for"
        raise Damaged(message)
    return bits


def weighted_rows(probabilities: object, *, shots: int) -> tuple[Bits, Tally]:
    """Return the outcomes of `{"01": 0.25, ...}` as bits, and how many of `shots` each has.

    The counts add up to `shots`: what is left after rounding down goes to the largest remainders.

    Raises:
        Damaged: an outcome is no string of bits, a probability is outside 0 to 1, or the sum is
            not 1.
    """
    stated = document(probabilities)
    values = [_number(value) for value in stated.values()]
    wrong = next((v for v in values if not -_ROUNDING <= v <= 1 + _ROUNDING), None)
    if wrong is not None:
        message = f"a probability is {wrong!r:.40}"
        raise Damaged(message)
    total = math.fsum(values)
    if abs(total - 1) > SUM_TOLERANCE:
        message = f"its probabilities add up to {total:.6g}"
        raise Damaged(message)
    bits = _table([[_BITS.get(letter, letter) for letter in text] for text in stated])
    return bits, _apportioned(np.clip(values, 0, 1) / total, shots=shots)


def measured_labels(value: object, *, n_qubits: int) -> list[int]:
    """Return which qubit each column of bits is; unstated ones are numbered.

    Raises:
        Damaged: they are not one distinct label a column.
    """
    if value is None or value == []:
        return list(range(n_qubits))
    labels = list(value) if isinstance(value, Sequence) else []
    distinct = {label for label in labels if type(label) is int}
    if len(labels) != n_qubits or len(distinct) != n_qubits:
        message = f"its measuredQubits {value!r:.60} do not name its {n_qubits} columns"
        raise Damaged(message)
    return labels


def duration_s(milliseconds: object) -> float:
    """Return how long a simulator worked, 0 where it is not stated; its price depends on it.

    Raises:
        Damaged: it is no finite time.
    """
    stated = 0.0 if milliseconds is None else _number(milliseconds)
    if stated < 0:
        message = f"its duration is {stated!r:.40} ms"
        raise Damaged(message)
    return stated / 1000


def whole(value: object) -> int:
    """Return a number of executables or inputs, 0 where it is not stated.

    Raises:
        Damaged: it is no whole number from 0.
    """
    if value is None:
        return 0
    if type(value) is not int or value < 0:
        message = f"{value!r:.40} is no whole number"
        raise Damaged(message)
    return value


_BITS: Final = {"0": 0, "1": 1}


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        message = f"{value!r:.40} is no finite number"
        raise Damaged(message)
    return float(value)


def _table(rows: object) -> Bits:
    if not isinstance(rows, Sequence) or not rows or not all(isinstance(r, Sequence) for r in rows):
        message = "its measurements are no table of bits"
        raise Damaged(message)
    widths = {len(row) for row in rows}
    try:
        # As objects, so that 0.5, True or "1" is not silently made a bit.
        found: Any = np.array([list(row) for row in rows]) if len(widths) == 1 else np.empty(0)
    except (ValueError, OverflowError):
        found = np.empty(0)
    is_table = found.ndim == 2 and found.size and found.dtype.kind in "iu"  # noqa: PLR2004 - shots, qubits
    if not is_table or not ((found == 0) | (found == 1)).all():
        message = "its measurements are no table of bits"
        raise Damaged(message)
    bits: Bits = found.astype(np.uint8)
    return bits


def _apportioned(shares: NDArray[np.float64], *, shots: int) -> Tally:
    exact = shares * shots
    near = np.rint(exact)
    low = np.where(np.abs(exact - near) < _ROUNDING * max(shots, 1), near, np.floor(exact))
    left = shots - int(low.sum())
    counts: Tally = low.astype(np.int64)
    if left > 0:
        counts[np.argsort(low - exact, kind="stable")[:left]] += 1
    elif left < 0:
        counts[np.argsort(exact - low, kind="stable")[:-left]] -= 1
    return counts
