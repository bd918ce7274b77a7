"""SPSA and Rotosolve on what H2 looks like: one cosine, ten millihartree of noise."""

import numpy as np
import pytest

from tasks.core.optimisers.registry import optimise
from tasks.core.optimisers.session import Evaluation, Points

STDERR = 0.01  # hartree, an H2 energy from about 1000 shots


def distance(name: str, seed: int, *, minimum: float, amplitude: float, iterations: int) -> float:
    noise = np.random.default_rng(1000 + seed)

    def evaluate(points: Points) -> list[Evaluation]:
        exact = -0.4 - amplitude * np.cos(points[:, 0] - minimum)
        return [
            Evaluation(float(v), STDERR) for v in exact + STDERR * noise.normal(size=len(exact))
        ]

    found = optimise(
        name,
        evaluate,
        start=[0.0],
        frequencies=[1],
        max_iterations=iterations,
        rng=np.random.default_rng(seed),
    )
    return abs((found.parameters[0] - minimum + np.pi) % (2 * np.pi) - np.pi)


@pytest.mark.parametrize("minimum", [-0.226, 0.226, 1.0, 2.5, -3.0])
@pytest.mark.parametrize("amplitude", [0.6, 0.8])
def test_spsa_finds_the_minimum_in_25_iterations_whatever_the_seed(
    minimum: float, amplitude: float
) -> None:
    worst = max(
        distance("spsa", seed, minimum=minimum, amplitude=amplitude, iterations=25)
        for seed in range(1, 21)
    )
    assert worst < 0.03


@pytest.mark.parametrize("minimum", [-0.226, 1.0, -3.0])
@pytest.mark.parametrize("amplitude", [0.6, 0.8])
def test_rotosolve_finds_it_in_3_iterations_to_what_the_noise_allows(
    minimum: float, amplitude: float
) -> None:
    # Three values fix the phase to stderr / amplitude * sqrt(2 / 3); four of that for 20 seeds.
    worst = max(
        distance("rotosolve", seed, minimum=minimum, amplitude=amplitude, iterations=3)
        for seed in range(1, 21)
    )
    assert worst < 4 * STDERR / amplitude * np.sqrt(2 / 3)
