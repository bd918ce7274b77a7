"""Points as they are written on a command line."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.qasm.numbers import number
from tasks.core.sweeps.axes import Linear, Listed
from tasks.core.sweeps.points import Grid, Rows
from tasks.core.sweeps.points_language import PointFile, parse_points
from tasks.core.sweeps.samplers import Bound, Sampled, Sampler
from tasks.errors import BadInput

TAU = 2 * math.pi
THETA = Linear("theta", 0, TAU, 10)
PHI = Linear("phi", 0, math.pi, 20)


@pytest.mark.parametrize(
    ("texts", "meant"),
    [
        (["theta=0:6.283:1000"], Grid((Linear("theta", 0.0, 6.283, 1000),))),
        (["theta=0:2*pi:10 phi=0:pi:20"], Grid((THETA, PHI))),
        (["theta=0:2pi:10; phi=0:pi:20"], Grid((THETA, PHI))),
        (["phi=0:pi:20", "theta=0:tau:10"], Grid((THETA, PHI))),
        (["phi=0:π:20", "theta=0:2π:10"], Grid((THETA, PHI))),
        (["phi=0:0.5τrad:20", "theta=0:τrad:10"], Grid((THETA, PHI))),
        ([" theta = 0 : 2 * pi : 10 ;"], Grid((THETA,))),
        (["a=0.1,-2e-3,pi/2"], Grid((Listed("a", (0.1, -2e-3, math.pi / 2)),))),
        (["a=0.5"], Grid((Listed("a", (0.5,)),))),
        (["a=-1:-(1+2)/4:3"], Grid((Linear("a", -1.0, -0.75, 3),))),
        (["zip b=1,2 a=3,4"], Rows(("a", "b"), ((3.0, 1.0), (4.0, 2.0)))),
        (
            ["random 5000 seed=3 theta=0:2pi phi=0.5"],
            Sampled(Sampler.RANDOM, (Bound("phi", 0.5, 0.5), Bound("theta", 0, TAU)), 5000, 3),
        ),
        (
            ["sobol 4096", "a=0:1", "seed=0:2"],
            Sampled(Sampler.SOBOL, (Bound("a", 0, 1), Bound("seed", 0, 2)), 4096, 0),
        ),
        (
            ["latin-hypercube 100 a=0:1"],
            Sampled(Sampler.LATIN_HYPERCUBE, (Bound("a", 0, 1),), 100, 0, 100),
        ),
        (
            ["latin-hypercube 10x100; a=0:1"],
            Sampled(Sampler.LATIN_HYPERCUBE, (Bound("a", 0, 1),), 1000, 0, 100),
        ),
        (["my points.CSV"], PointFile("my points.CSV")),
        (["./a=1.parquet"], PointFile("./a=1.parquet")),
        ([], Grid(())),
    ],
)
def test_what_is_written_is_what_is_meant(texts: list[str], meant: object) -> None:
    assert parse_points(texts) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The points are empty"),
        ("theta=0:1:99999999999999999999", "is too large. Write at most 18 digits"),
        (";", "The points are empty"),
        ("theta", "'theta' is not read as points"),
        ("theta=", "is not read as points"),
        ("0=1", "is not read as points"),
        ("points.txt", "or give one .csv or .parquet file"),
        ("theta=0:1", "must be theta=start:stop:count"),
        ("theta=0:1:2:3", "must be theta=start:stop:count"),
        ("theta=0:1:x", "'x' is not a whole number"),
        ("theta=0:1:1e-3", "'1e-3' is not a whole number"),
        ("theta=0:1:1.5", "'1.5' is not a whole number"),
        ("theta=30:90deg:5", "has a unit at one end only"),
        ("theta=0:1deg2:5", "is not a finite number"),
        ("θ[x]=1", "is not read as points"),
        ("²=1", "is not read as points"),
        ("theta=0:1:-5", "'-5' is not a whole number"),
        ("theta=0:x:5", "'x' is not a finite number"),
        ("theta=nan", "'nan' is not a finite number"),
        ("theta=inf,1", "'inf' is not a finite number"),
        ("theta=1e999", "'1e999' is not a finite number"),
        ("theta=1/0", "'1/0' is not a finite number"),
        ("theta=1,,2", "'' is not a finite number"),
        ("theta=__import__('os')", "is not a finite number"),
        ("theta=0:1:1000000 phi=0:1:1000000", "1000000 x 1000000 = 1000000000000 points"),
        ("theta=0:1:2 theta=0:1:2", "theta is given twice"),
        ("zip a=1,2 b=3", "a has 2, b has 1"),
        ("zip", "there are none"),
        ("zip a=1 a=2", "a is given twice"),
        ("a=0:1:2 random 5", "random must come first"),
        ("random", "followed by a number of points, not nothing"),
        ("random x a=0:1", "not 'x'"),
        ("random 2x5 a=0:1", "not '2x5'"),
        ("random 5", "need a parameter with a range"),
        ("random 5 a=0:1:7", "must be a=low:high"),
        ("random 5 a=1,2", "must be a=low:high"),
        ("sobol 5 a=1:0", "the lower one first"),
        ("sobol 5 seed=x a=0:1", "'x' is not a whole number"),
        ("sobol 99999999999 a=0:1", "at most 1000000000"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(text: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_points([text])
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_exactly(value: float) -> None:
    assert number(repr(value)) == value


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = repr(parse_points([text]))
    except BadInput as error:
        found = str(error)
    assert found


@pytest.mark.parametrize(
    ("degrees", "radians"),
    [
        ("0:360deg:5", [0, math.pi / 2, math.pi, 3 * math.pi / 2, 2 * math.pi]),
        ("-90deg:90deg:3", [-math.pi / 2, 0, math.pi / 2]),
        ("30deg,60°,1rad", [math.pi / 6, math.pi / 3, 1.0]),
        ("(360/4)deg", [math.pi / 2]),
    ],
)
def test_degrees_are_the_radians_that_they_say(degrees: str, radians: list[float]) -> None:
    found = parse_points([f"theta={degrees}"])
    assert isinstance(found, Grid)
    assert found.block(0, len(found))[:, 0].tolist() == pytest.approx(radians, abs=1e-15)
