"""What holds for every optimiser: replay, budget, convergence, refusal."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.core.optimisers.registry import known, optimise, points_per_iteration
from tasks.core.optimisers.session import Evaluate, Evaluation, Optimum, Points
from tasks.errors import BadInput, ExecutionFailed, UnknownName

names = st.sampled_from(known())
every_name = pytest.mark.parametrize("name", known())


class Recorder:
    """Evaluates a landscape with noise, and keeps what was asked and answered."""

    def __init__(
        self, landscape: Callable[[Points], float], *, stderr: float = 0.0, seed: int = 0
    ) -> None:
        self.landscape, self.stderr = landscape, stderr
        self.rng = np.random.default_rng(seed)
        self.asked, self.answered = [], []

    def __call__(self, points: Points) -> list[Evaluation]:
        """Answer for every row."""
        values = [self.landscape(p) + self.stderr * self.rng.normal() for p in points]
        self.asked.append(points.copy())
        self.answered.append([Evaluation(float(v), self.stderr) for v in values])
        return self.answered[-1]


def waves(point: Points) -> float:
    """Two coupled parameters with the frequencies 1 and 2; the minimum is -1.9 at (0.4, -0.7)."""
    x, y = point[0] - 0.4, point[1] + 0.7
    return -np.cos(x) - 0.6 * np.cos(y) - 0.3 * np.cos(2 * y) + 0.2 * np.sin(x) * np.sin(y)


def search(
    name: str,
    evaluate: Evaluate,
    *,
    iterations: int,
    seed: int = 0,
    start: Sequence[float] = (0.0, 0.0),
    frequencies: Sequence[int] = (1, 2),
) -> Optimum:
    rng = np.random.default_rng(seed)
    return optimise(
        name, evaluate, start=start, frequencies=frequencies, max_iterations=iterations, rng=rng
    )


@settings(max_examples=40, deadline=None)
@given(names, st.integers(0, 20), st.integers(1, 40), st.sampled_from([0.0, 0.01]))
def test_replaying_recorded_values_asks_for_the_same_points(
    name: str, seed: int, iterations: int, stderr: float
) -> None:
    first = Recorder(waves, stderr=stderr, seed=seed)
    found = search(name, first, iterations=iterations, seed=seed)
    log = iter(first.answered)
    asked = []

    def replay(points: Points) -> list[Evaluation]:
        asked.append(points.copy())
        return next(log)

    again = search(name, replay, iterations=iterations, seed=seed)
    assert again == found
    assert all(np.array_equal(a, b) for a, b in zip(asked, first.asked, strict=True))


@settings(max_examples=40, deadline=None)
@given(names, st.integers(0, 20), st.integers(1, 30))
def test_the_budget_is_never_exceeded_and_always_reported(
    name: str, seed: int, iterations: int
) -> None:
    recorder = Recorder(waves, stderr=0.01, seed=seed)
    found = search(name, recorder, iterations=iterations, seed=seed)
    assert found.iterations == len(recorder.asked) <= iterations
    assert max(map(len, recorder.asked)) <= points_per_iteration(name, (1, 2))
    assert np.isfinite(found.parameters).all()
    assert all(points.ndim == 2 and points.shape[1] == 2 for points in recorder.asked)


@every_name
def test_a_trigonometric_landscape_is_minimised(name: str) -> None:
    found = search(name, Recorder(waves), iterations=400)
    assert waves(np.array(found.parameters)) == pytest.approx(-1.9, abs=1e-3)


@pytest.mark.parametrize(
    "name", [n for n in known() if n not in ("rotosolve", "l-bfgs-b", "slsqp")]
)
def test_a_quadratic_landscape_is_minimised_by_those_who_assume_no_waves(name: str) -> None:
    def bowl(point: Points) -> float:
        return float((point[0] - 0.3) ** 2 + 2 * (point[1] + 0.2) ** 2)

    found = search(name, Recorder(bowl), iterations=400, frequencies=(1, 1))
    assert bowl(np.array(found.parameters)) < 1e-3


@every_name
def test_noise_ends_the_search_near_the_minimum(name: str) -> None:
    found = search(name, Recorder(waves, stderr=0.01, seed=3), iterations=150)
    assert waves(np.array(found.parameters)) < -1.9 + 0.1


@every_name
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_value_that_is_not_finite_raises(name: str, bad: float) -> None:
    with pytest.raises(ExecutionFailed, match=f"Iteration 1 returned {bad} .* for point 0"):
        search(name, lambda points: [Evaluation(bad, 0.1)] * len(points), iterations=9)


@every_name
def test_a_missing_value_raises(name: str) -> None:
    with pytest.raises(ExecutionFailed, match="values and got 0"):
        search(name, lambda _: [], iterations=9)


@every_name
def test_the_start_is_left_as_it_was(name: str) -> None:
    start = np.array([0.1, 0.2])
    search(name, Recorder(waves), iterations=10, start=start)
    assert start.tolist() == [0.1, 0.2]


def test_bad_requests_are_refused_in_words() -> None:
    with pytest.raises(UnknownName, match="Choose one of: spsa, rotosolve, cobyla"):
        search("adam", Recorder(waves), iterations=9)
    with pytest.raises(UnknownName, match="Unknown optimiser 'adam'"):
        points_per_iteration("adam", (1, 2))
    with pytest.raises(BadInput, match="at least 1 iteration; got 0"):
        search("spsa", Recorder(waves), iterations=0)
    with pytest.raises(BadInput, match="0 starting values and 0 frequencies"):
        search("spsa", Recorder(waves), iterations=9, start=(), frequencies=())
    with pytest.raises(BadInput, match="2 starting values and 1 frequencies"):
        search("spsa", Recorder(waves), iterations=9, frequencies=(1,))
