"""Points that a program holds become a file, or are refused in one line."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.points.files import pin_points
from datasets.points.tables import is_table, keep_points
from tasks.errors import BadInput


class Named(NamedTuple):
    """Like a FreeParameter of Braket's."""

    name: str


FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(rows=st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=20))
def test_columns_are_kept_to_the_last_bit(
    rows: list[tuple[float, float]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("points")
    a, b = np.array(rows).T
    path = keep_points({"b": b, "a": a}, folder=folder)
    found = pin_points(path, pinned=folder / "pinned.parquet", most=100)
    assert found.parameters == ("a", "b")
    assert found.block(0, len(rows)).tolist() == (np.array(rows) + 0.0).tolist()
    assert keep_points({"b": b, "a": a}, folder=folder) == path


@pytest.mark.parametrize(
    "points",
    [
        {"a": [1.0, 2.0], "b": 3},
        {Named("a"): np.array([1.0, 2.0]), "b": [3, 3]},
        pa.table({"a": [1.0, 2.0], "b": [3, 3]}),
    ],
)
def test_tables_of_all_kinds_are_taken_and_a_number_stands_in_every_row(
    points: Any, tmp_path: Path
) -> None:
    assert is_table(points)
    found = pin_points(keep_points(points, folder=tmp_path), pinned=tmp_path / "p", most=9)
    assert found.block(0, 2).tolist() == [[1.0, 3.0], [2.0, 3.0]]


def test_a_data_frame_is_taken(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1.0, 2.0]})
    assert is_table(frame)
    found = pin_points(keep_points(frame, folder=tmp_path), pinned=tmp_path / "p", most=9)
    assert found.block(0, 2).tolist() == [[1.0], [2.0]]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ({}, "have no columns"),
        ({"a": []}, "have no rows"),
        ({"a": [1, 2], "b": [1, 2, 3]}, "differ in length: a 2, b 3"),
        ({"a": [1, float("nan")]}, "Point 2 has a=nan"),
        ({"a": float("inf")}, "Point 1 has a=inf"),
        ({"a": ["x"]}, "The column a of the points is not numbers"),
        ({"a": 1j}, "The column a of the points is not numbers"),
        ({"a": [[1, 2]]}, "has 2 dimensions"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_in_one_line(
    points: Any, said: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        keep_points(points, folder=tmp_path / "points")
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "points").exists()


@pytest.mark.parametrize("points", ["theta=0:1:3", ["theta=0", "phi=0"], (), 5])
def test_texts_are_no_tables(points: Any) -> None:
    assert not is_table(points)


def test_threads_that_keep_the_same_points_at_once_all_get_the_one_file(tmp_path: Path) -> None:
    points = {"theta": np.linspace(0, 1, 5000)}
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: keep_points(points, folder=tmp_path / "points"), range(64)))
    (path,) = set(kept)
    assert list(path.parent.iterdir()) == [path]
    assert len(pin_points(path, pinned=tmp_path / "pinned.parquet", most=5000)) == 5000
