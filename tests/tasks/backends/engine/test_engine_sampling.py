"""Counts follow their probabilities, and depend on the seed, the program and the point alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.circuits import Angle
from tasks.backends.engine import running, sampling
from tasks.backends.engine.program import Program, Step
from tasks.backends.engine.results import DEFAULT, Counts, Setting
from tasks.errors import BadInput

NAMES = ("x", "y")
TURNS = (
    Step("ry", (0,), (Angle(0.0, (("x", 1.0),)),)),
    Step("cnot", (0, 1)),
    Step("rx", (2,), (Angle(0.5, (("y", -2.0),)),)),
    Step("cz", (1, 2)),
)
PROGRAM = Program(3, TURNS, (2, 0))
BASIS_CHANGES = (  # of qubits 2 and 0: ZZ, XY, YI
    (),
    (Step("h", (2,)), Step("si", (0,)), Step("h", (0,))),
    (Step("si", (2,)), Step("h", (2,))),
)
BASES = [Program(3, TURNS + change, (2, 0)) for change in BASIS_CHANGES]
POINTS = np.random.default_rng(3).normal(size=(23, 2))


def drawn(points: np.ndarray, *, shots: int = 50, setting: Setting = DEFAULT) -> Counts:
    return running.counts(BASES, points, names=NAMES, shots=shots, seed=7, setting=setting)


def as_bytes(counts: Counts) -> list[bytes]:
    return [part.tobytes() for part in (counts.outcomes, counts.counts, counts.offsets)]


@pytest.mark.slow
@given(slab=st.integers(1, 40), workers=st.integers(1, 3), shots=st.sampled_from([1, 7, 400]))
def test_neither_slabs_nor_workers_change_a_count(slab: int, workers: int, shots: int) -> None:
    points = np.repeat(POINTS, 60, axis=0)  # more than one batch of matrices
    setting = Setting(workers=workers, slab_bytes=slab * 2**7)
    assert as_bytes(drawn(points, shots=shots, setting=setting)) == as_bytes(
        drawn(points, shots=shots)
    )


@given(cut=st.integers(0, len(POINTS)))
def test_points_in_two_parts_are_counted_as_together(cut: int) -> None:
    parts = [
        found
        for first, points in ((0, POINTS[:cut]), (cut, POINTS[cut:]))
        for found in running.counts_by_slab(
            BASES, points, names=NAMES, shots=50, seed=7, first_point=first
        )
    ]
    whole = drawn(POINTS)
    assert np.concatenate([part.counts for part in parts]).tolist() == whole.counts.tolist()
    assert np.concatenate([part.outcomes for part in parts]).tolist() == whole.outcomes.tolist()


def test_other_seeds_points_and_programs_draw_other_numbers() -> None:
    same = np.zeros((40, 2)) + 0.8
    counts = running.counts([BASES[1]] * 2, same, names=NAMES, shots=1000, seed=1)
    rows = {
        counts.counts[slice(*counts.offsets[row : row + 2])].tobytes()
        for row in range(counts.n_points * counts.n_programs)
    }
    other = running.counts([BASES[1]] * 2, same, names=NAMES, shots=1000, seed=2)
    assert len(rows) == 80
    assert as_bytes(counts) != as_bytes(other)


@given(
    weights=st.lists(st.floats(0, 1), min_size=2, max_size=80).filter(lambda w: sum(w) > 0.1),
    shots=st.integers(1, 3000),
    seed=st.integers(0, 2**32),
)
def test_every_shot_is_counted_once_and_nothing_impossible_is_seen(
    weights: list[float], shots: int, seed: int
) -> None:
    found = np.array([weights, weights[::-1]]) / sum(weights)
    drawn = sampling.draw(found, shots=shots, seed=seed, stream=0, first_point=0)
    assert np.bincount(drawn.rows, weights=drawn.counts).tolist() == [shots, shots]
    assert (found[drawn.rows, drawn.outcomes.astype(int)] > 0).all()
    order = drawn.rows * len(weights) + drawn.outcomes.astype(int)
    assert (np.diff(order) > 0).all()


@pytest.mark.parametrize(
    ("n_outcomes", "shots"), [(2, 1000), (16, 30), (16, 1000), (300, 200), (300, 3000)]
)
def test_counts_have_the_mean_and_spread_of_a_multinomial(n_outcomes: int, shots: int) -> None:
    n_points = 3000
    weights = np.random.default_rng(1).random(n_outcomes) + 0.1
    weights /= weights.sum()
    found = np.repeat(weights[None], n_points, axis=0)
    drawn = sampling.draw(found, shots=shots, seed=5, stream=1, first_point=10**9)
    counts = np.zeros((n_points, n_outcomes))
    counts[drawn.rows, drawn.outcomes.astype(int)] = drawn.counts
    variance = shots * weights * (1 - weights)
    chi_squared = float(np.sum((counts.mean(axis=0) - shots * weights) ** 2 * n_points / variance))
    assert chi_squared < n_outcomes + 6 * np.sqrt(2 * n_outcomes)
    spread = (counts.var(axis=0) / variance).mean()
    # The mean over outcomes of n_points' sample variances; few shots make them wider.
    assert abs(spread - 1) < 6 * np.sqrt((2 + 1 / variance.min()) / n_points)


def test_shots_that_cannot_be_drawn_are_refused() -> None:
    with pytest.raises(BadInput, match="0 shots cannot be drawn"):
        drawn(POINTS, shots=0)


def test_no_points_give_no_counts() -> None:
    counts = drawn(np.empty((0, 2)))
    assert counts.offsets.tolist() == [0]
    assert counts.counts.size == 0


@pytest.mark.parametrize("points", [np.zeros((4, 3)), np.zeros(4), np.full((1, 2), np.nan)])
def test_points_that_do_not_fit_are_refused(points: np.ndarray) -> None:
    with pytest.raises(BadInput, match=r"points have the shape|not a finite number"):
        drawn(points)


def test_a_parameter_without_a_column_is_refused() -> None:
    with pytest.raises(BadInput, match="no column for y"):
        running.probabilities([PROGRAM], np.zeros((1, 1)), names=("x",))
