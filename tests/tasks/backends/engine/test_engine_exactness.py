"""The engine gives, at every point, what Braket's simulators give one by one."""

import numpy as np
import pytest
import random_programs as programs
from hypothesis import given, settings

from tasks.backends.engine import running, stock
from tasks.backends.engine.reading import read
from tasks.backends.engine.results import Setting

pytestmark = pytest.mark.slow

EXACT = 1e-10


def states(source: str, points: np.ndarray, *, noisy: bool, slab_bytes: int) -> np.ndarray:
    program = read(source).program
    setting = Setting(noisy=noisy, slab_bytes=slab_bytes)
    columns = [programs.NAMES.index(name) for name in program.parameters]
    found = running.states(program, points[:, columns], names=program.parameters, setting=setting)
    return found.values[0]


@settings(max_examples=150)
@given(source=programs.sources(noisy=False), points=programs.points)
def test_states_are_braket_s(source: str, points: np.ndarray) -> None:
    found = states(source, points, noisy=False, slab_bytes=2**9)
    for row, point in zip(found, points, strict=True):
        expected = programs.by_braket(
            source, dict(zip(programs.NAMES, point, strict=True)), noisy=False
        )
        assert np.abs(row - expected).max() < EXACT


@settings(max_examples=100)
@given(source=programs.sources(noisy=True), points=programs.points)
def test_density_matrices_are_braket_s(source: str, points: np.ndarray) -> None:
    found = states(source, points, noisy=True, slab_bytes=2**12)
    for row, point in zip(found, points, strict=True):
        expected = programs.by_braket(
            source, dict(zip(programs.NAMES, point, strict=True)), noisy=True
        )
        assert np.abs(stock.density_matrix(row, programs.N_QUBITS) - expected).max() < EXACT


STEPPED = [
    "ctrl @ rx(floor(alpha)) q[0], q[1];",
    "pow(0.5) @ rx(ceiling(alpha) - 1) q[2];",
    "ctrl @ xx(mod(beta, 2)) q[3], q[1], q[0];",
    "rz(sqrt(beta)) q[1]; pow(0.3) @ ry(arcsin(beta / 4)) q[0];",
]


@pytest.mark.parametrize("noisy", [False, True])
@pytest.mark.parametrize("body", STEPPED)
def test_functions_with_steps_and_limits_are_braket_s(body: str, noisy: bool) -> None:
    points = np.array([[2.5, 3.5], [-1.5, 0.25], [0.5, 1.0]])
    source = programs.text([body])
    found = states(source, points, noisy=noisy, slab_bytes=2**12)
    for row, point in zip(found, points, strict=True):
        values = dict(zip(programs.NAMES, map(float, point), strict=True))
        expected = programs.by_braket(source, values, noisy=noisy)
        ours = stock.density_matrix(row, programs.N_QUBITS) if noisy else row
        assert np.abs(ours - expected).max() < EXACT
