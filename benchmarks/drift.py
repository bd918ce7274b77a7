"""How often drift alarms on 181 days of a real device, how often it is right, and what it misses.

Usage: python -m benchmarks.drift [FOLDER] [--shuffles 20] [--json FILE]
FOLDER has the calibrations of ibm_perth, 2023 H1, a CSV of gates and one of qubits. A change is
real where the median of the `AROUND` days from it on is more than `REAL` robust sigmas worse than
that of the `AROUND` days before it. An alarm is right if a real change begins within `AROUND` days
of the onset that it names, or of itself. The same histories in random order show how often it
alarms where nothing ever changes but single values are as wild as they are.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tasks.core.drift.alarms import alarming, steps
from tasks.core.drift.charts import chart, tail
from tasks.core.drift.evidence import Reading, Series, series
from tasks.core.drift.levels import ENOUGH, LEAST_SIGMA, WINDOW

FOLDER: Final = Path(__file__).parent.parent.parent / "shared" / "data" / "drift_and_queue"
AROUND: Final = 5
REAL: Final = 3.0
_MONTH: Final = 30.4
_NORMAL: Final = 1.4826


@dataclass(frozen=True)
class Drawn:
    """What the charts say each day: p-values and steps (n_series, n_days), onsets as days."""

    p_values: NDArray[np.float64]
    steps: NDArray[np.float64]
    onset: NDArray[np.int64]


@dataclass(frozen=True)
class Figures:
    """What was found; rates a month are over the days on which anything could be judged.

    `early` counts the alarms before the day from which on the median is worse, or on it;
    `by_chance` is what the precision of alarms on random days would be.
    """

    n_series: int
    n_days: int
    alarms: int
    alarms_a_month: float
    device_alarms_a_month: float
    days_alarming: float
    most_at_once: float
    right: int
    precision: float
    by_chance: float
    early: int
    changes: int
    detected: int
    detection: float
    delay_days: float


def histories(folder: Path) -> tuple[tuple[Series, ...], tuple[datetime, ...]]:
    """Return the device's series and the days on which it was looked at."""
    gates = pd.read_csv(folder / "ibm_perth_gates_2023H1.csv.gz")
    qubits = pd.read_csv(folder / "ibm_perth_qubits_2023H1.csv.gz")
    found = [*_gate_readings(gates), *_qubit_readings(qubits)]
    return series(found), tuple(sorted({reading.at for reading in found}))


def measure(every: Sequence[Series], days: Sequence[datetime]) -> Figures:
    """Replay the days and compare what alarmed with what changed."""
    drawn = _drawn(every, days)
    marks = np.array(
        [alarming(drawn.p_values[:, d], steps=drawn.steps[:, d]) for d in range(len(days))]
    ).T
    rises = _rises(marks)
    changes = [_changes(one, days) for one in every]
    right, early, delays, judged = 0, 0, list[int](), range(ENOUGH, len(days))
    for row, real in enumerate(changes):
        began = np.flatnonzero(rises[row])
        near = [_near(int(day), int(drawn.onset[row, day]), real) for day in began]
        right += sum(bool(found) for found in near)
        early += sum(
            any(change >= day for change in found) for day, found in zip(began, near, strict=True)
        )
        delays += [_delay(change, began) for change in real if _delay(change, began) >= 0]
    n_changes = sum(map(len, changes))
    months = (len(days) - ENOUGH) / _MONTH
    device = marks.any(axis=0)
    return Figures(
        n_series=len(every),
        n_days=len(days),
        alarms=int(rises.sum()),
        alarms_a_month=float(rises.sum() / months),
        device_alarms_a_month=float(_rises(device[None, :]).sum() / months),
        days_alarming=float(device.sum() / (len(days) - ENOUGH)),
        most_at_once=float(marks.mean(axis=0).max()),
        right=right,
        precision=right / max(int(rises.sum()), 1),
        by_chance=float(np.mean([bool(_near(d, d, real)) for real in changes for d in judged])),
        early=early,
        changes=n_changes,
        detected=len(delays),
        detection=len(delays) / max(n_changes, 1),
        delay_days=float(np.median(delays)) if delays else float("nan"),
    )


def shuffled(every: Sequence[Series], *, rng: np.random.Generator) -> tuple[Series, ...]:
    """Return the same values in random order: nothing changes, and outliers are where they fall."""
    return tuple(
        Series(one.element, one.metric, one.at, rng.permutation(one.badness)) for one in every
    )


def main() -> None:
    """Measure the device and its shuffled histories, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--shuffles", type=int, default=20)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not options.folder.is_dir():
        sys.exit(f"{options.folder} is not here. Give the folder of the calibrations.")
    every, days = histories(options.folder)
    real = measure(every, days)
    nulls = [
        measure(shuffled(every, rng=np.random.default_rng([1, i])), days)
        for i in range(options.shuffles)
    ]
    null = {name: float(np.mean([asdict(one)[name] for one in nulls])) for name in asdict(real)}
    sys.stdout.write(f"{'':24}{'as it was':>12}{'shuffled':>12}\n")
    for name, value in asdict(real).items():
        sys.stdout.write(f"{name:24}{value:>12.4g}{null[name]:>12.4g}\n")
    if options.json:
        options.json.write_text(json.dumps({"real": asdict(real), "shuffled": null}, indent=1))


def _gate_readings(gates: pd.DataFrame) -> list[Reading]:
    """Return the errors of gates, a pair once; an error of 1 is the vendor's mark for none."""
    ascending = gates.qubits.map(lambda text: text.split("-") == sorted(text.split("-")))
    used = gates[ascending & (gates.gate_error < 1.0)]
    return [
        Reading(
            row.qubits if "-" in row.qubits else f"q{row.qubits}",
            f"{row.gate}_fidelity",
            datetime.fromisoformat(row.snapshot),
            1.0 - row.gate_error,
        )
        for row in used.itertuples()
    ]


def _qubit_readings(qubits: pd.DataFrame) -> list[Reading]:
    return [
        Reading(f"q{row.qubit}", metric, datetime.fromisoformat(row.snapshot), value)
        for row in qubits.itertuples()
        for metric, value in (
            ("readout_fidelity", 1.0 - row.readout_error),
            ("t1_s", 1e-6 * row.T1_us),
            ("t2_s", 1e-6 * row.T2_us),
        )
        if value > 0
    ]


def _drawn(every: Sequence[Series], days: Sequence[datetime]) -> Drawn:
    shape = (len(every), len(days))
    p_values, now, onset = np.ones(shape), np.zeros(shape), np.zeros(shape, dtype=np.int64)
    for row, one in enumerate(every):
        found = chart(one.badness)
        places = np.searchsorted(np.array(one.at), np.array(days), side="right") - 1
        known = places >= 0
        p_values[row, known] = tail(found.sums)[places[known]]
        now[row, known] = steps(found, one.badness)[places[known]]
        dates = np.searchsorted(np.array(days), np.array(one.at))
        onset[row, known] = dates[found.onset[places[known]]]
    return Drawn(p_values, now, onset)


def _rises(marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.diff(marks.astype(np.int8), axis=1, prepend=0) == 1


def _changes(one: Series, days: Sequence[datetime]) -> list[int]:
    """Return the days on which a figure really got worse, the largest change first."""
    values, found = one.badness, list[int]()
    sizes = np.array([_size(values, i) for i in range(len(values))])
    dates = np.searchsorted(np.array(days), np.array(one.at))
    while len(sizes) and sizes.max() > REAL:
        place = int(sizes.argmax())
        found.append(int(dates[place]))
        sizes[max(0, place - AROUND) : place + AROUND + 1] = 0.0
    return found


def _size(values: NDArray[np.float64], place: int) -> float:
    if place < ENOUGH or place + AROUND > len(values):
        return 0.0
    before = values[max(0, place - WINDOW) : place]
    spread = float(np.median(np.abs(before - np.median(before))))
    change = np.median(values[place : place + AROUND]) - np.median(values[place - AROUND : place])
    return float(change) / max(_NORMAL * spread, LEAST_SIGMA)


def _near(day: int, onset: int, real: Sequence[int]) -> list[int]:
    return [change for change in real if onset - AROUND <= change <= day + AROUND]


def _delay(change: int, began: NDArray[np.int64]) -> int:
    """Return how many days after a change it first alarmed, 0 if before; -1 if it never did."""
    soon = began[(began >= change - AROUND) & (began <= change + 2 * AROUND)]
    return max(0, int(soon.min()) - change) if len(soon) else -1


if __name__ == "__main__":
    main()
