"""Zero-noise extrapolation: folding leaves the action alone, the fit finds the noiseless value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.circuits import Angle, Circuit, Gate
from tasks.core.mitigation import zne
from tasks.errors import BadInput

exponentials = st.tuples(st.floats(-2, 2), st.floats(0.2, 2), st.floats(0.001, 0.3))


@given(exponentials)
def test_an_exponential_decay_is_extrapolated_exactly(shape: tuple[float, float, float]) -> None:
    asymptote, amplitude, rate = shape
    values = [asymptote + amplitude * np.exp(-rate * scale) for scale in zne.SCALES]
    fit = zne.combine(zne.SCALES, values, [1e-6] * 3, asymptote=asymptote)
    assert fit.model == "exponential"
    assert fit.value == pytest.approx(asymptote + amplitude, rel=1e-6)


@given(st.floats(-1, 1), st.floats(-0.1, 0.1))
def test_values_within_their_noise_are_extrapolated_along_a_line(
    start: float, slope: float
) -> None:
    values = [start + slope * scale for scale in zne.SCALES]
    fit = zne.combine(zne.SCALES, values, [10.0] * 3, asymptote=0.0)
    assert fit.model == "linear"
    assert fit.value == pytest.approx(start, abs=1e-9)


@given(exponentials, st.lists(st.floats(0.001, 0.02), min_size=3, max_size=3))
def test_the_weights_are_the_derivatives_of_the_value(
    shape: tuple[float, float, float], stderrs: list[float]
) -> None:
    asymptote, amplitude, rate = shape
    values = [asymptote + amplitude * np.exp(-rate * scale) for scale in zne.SCALES]
    fit = zne.combine(zne.SCALES, values, stderrs, asymptote=asymptote)
    for index, weight in enumerate(fit.weights):
        moved = list(values)
        moved[index] += 1e-7
        other = zne.combine(zne.SCALES, moved, stderrs, asymptote=asymptote)
        # The error bars' share of the fit moves with the values too, in second order.
        assert (other.value - fit.value) / 1e-7 == pytest.approx(weight, abs=0.02)


@given(st.sampled_from([1, 3, 5, 7]))
def test_folding_multiplies_the_gates_by_the_scale(scale: int) -> None:
    circuit = Circuit(2, (Gate("prx", (1,), (Angle(0.3), Angle(0.1))), Gate("cz", (1, 2))))
    assert len(zne.expand(circuit, scale=scale).gates) == scale * len(circuit.gates)


@pytest.mark.parametrize("scale", [0, -1, 2, 4])
def test_a_scale_that_cannot_be_folded_is_refused(scale: int) -> None:
    with pytest.raises(BadInput, match="odd numbers"):
        zne.expand(Circuit(1, ()), scale=scale)


def test_a_gate_without_an_inverse_is_refused() -> None:
    with pytest.raises(BadInput, match="cannot fold mystery"):
        zne.inverse(Gate("mystery", (0,)))


def test_one_noise_scale_is_not_enough() -> None:
    with pytest.raises(BadInput, match="two different noise scales"):
        zne.combine([3, 3], [1.0, 1.0], [0.1, 0.1], asymptote=0.0)
