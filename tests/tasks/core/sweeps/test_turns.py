"""Points that look like degrees are told of, and angles that anybody means are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.qasm.reading import read_circuit
from tasks.core.sweeps.points import Points
from tasks.core.sweeps.points_language import PointFile, parse_points
from tasks.core.sweeps.turns import many_turns

CIRCUIT = """OPENQASM 3.0;
input float theta;
input float phi;
qubit[1] q;
rx(theta) q[0];
rz({phi}) q[0];
"""


def told(*points: str, phi: str = "phi") -> str:
    found = parse_points(points)
    assert not isinstance(found, PointFile)
    every: Points = found
    return many_turns(read_circuit(CIRCUIT.replace("{phi}", phi), origin="c.qasm"), every)


@pytest.mark.parametrize(
    "points",
    [
        ("theta=0:90:10", "phi=0.5"),
        ("theta=0.1,45,90", "phi=0.5"),
        ("random 10000 theta=0:360 phi=0:pi",),
        ("zip theta=0,90 phi=0,1",),
        ("theta=0:-180:3", "phi=0"),
    ],
)
def test_degrees_without_their_unit_are_told_of_in_one_line(points: tuple[str, ...]) -> None:
    said = told(*points)
    assert said.startswith("theta turns a gate by up to ")
    assert said.endswith("angles are read as radians; degrees are written theta=0deg:90deg:10")
    assert "\n" not in said


@pytest.mark.parametrize("theta", ["0:90deg:10", "0:2pi:9", "0:4pi:9", "-2pi:2pi:9", "0.5", "12"])
def test_angles_that_anybody_means_are_not_told_of(theta: str) -> None:
    assert told(f"theta={theta}", "phi=1") == ""


def test_a_circuit_that_turns_degrees_itself_is_given_degrees() -> None:
    assert told("theta=1", "phi=0:360:9", phi="phi*pi/180") == ""
    assert told("theta=1", "phi=0:10:9", phi="10*phi").startswith("phi turns a gate by up to 100 ")


@given(st.floats(-360, 360).filter(lambda angle: abs(angle) > 13))
def test_the_advice_is_read_as_the_angle_that_was_meant(degrees: float) -> None:
    assert told(f"theta={degrees!r}", "phi=0")
    assert not told(f"theta={degrees!r}deg", "phi=0")
