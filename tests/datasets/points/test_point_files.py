"""Points from files: checked before anything runs, read slice by slice, whatever their number."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.points.files import PointTable, open_points, pin_points
from datasets.points.sources import GROUP_ROWS
from tasks.errors import BadInput, StorageFault

MOST = 1_000_000


def pin(source: Path, *, most: int = MOST) -> PointTable:
    return pin_points(source, pinned=source.with_name("pinned.parquet"), most=most)


def refused(source: Path, *, most: int = MOST) -> str:
    """Return the one line; nothing is left behind."""
    with pytest.raises(BadInput) as caught:
        pin(source, most=most)
    assert [p for p in source.parent.iterdir() if p != source] == []
    line = str(caught.value)
    assert str(source) in line
    assert "\n" not in line
    return line


@given(
    rows=st.lists(
        st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 2), min_size=1, max_size=30
    ),
    suffix=st.sampled_from([".csv", ".CSV", ".parquet"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_numbers_come_back_exactly_in_the_order_of_their_names(
    rows: list[tuple[float, float]], suffix: str, tmp_path: Path
) -> None:
    source = tmp_path / f"points{suffix}"
    if suffix == ".parquet":
        columns = {"theta": [row[0] for row in rows], "phi": [row[1] for row in rows]}
        pq.write_table(pa.table(columns), source)
    else:
        lines = [f"{theta!r}, {phi!r}" for theta, phi in rows]
        source.write_text("\n".join(["theta, phi", *lines]) + "\n")
    table = pin(source)
    assert table.parameters == ("phi", "theta")
    assert len(table) == len(rows)
    assert table.block(0, len(rows)).tolist() == [[phi, theta] for theta, phi in rows]
    assert open_points(table.path) == table


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_files_of_spreadsheets_are_read_as_they_write_them(
    separator: str, decimal: str, line_end: str, tmp_path: Path
) -> None:
    source = tmp_path / "points.csv"
    rows = (("theta", "phi"), ("0.25", "-1.5"), ("3", "1e-3"))
    text = line_end.join(separator.join(cells).replace(".", decimal) for cells in rows)
    source.write_bytes(f"\ufeff{text}{line_end}".encode())
    table = pin(source)
    assert table.parameters == ("phi", "theta")
    assert table.block(0, 2).tolist() == [[-1.5, 0.25], [1e-3, 3.0]]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_columns_are_called_as_parameters_are_on_the_command_line(
    suffix: str, tmp_path: Path
) -> None:
    source = tmp_path / f"points{suffix}"
    names = ["e\u0301", "θ[0]", "phi"]  # decomposed, an element of a vector, plain
    if suffix == ".csv":
        source.write_text(",".join(names) + "\n1,2,3\n", encoding="utf-8")
    else:
        pq.write_table(pa.table({name: [place + 1.0] for place, name in enumerate(names)}), source)
    table = pin(source)
    assert table.parameters == ("_θ_0_", "phi", "é")
    assert table.block(0, 1).tolist() == [[2.0, 3.0, 1.0]]


def test_two_spellings_of_one_parameter_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "points.csv"
    source.write_text("θ[0],_θ_0_\n1,2\n", encoding="utf-8")
    assert "column 2 is named _θ_0_ again" in refused(source)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_any_slice_of_a_long_file_is_a_part_of_the_whole(suffix: str, tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=2 * GROUP_ROWS + 100)
    source = tmp_path / f"points.{suffix}"
    if suffix == "csv":
        source.write_text("a\n" + "\n".join(map(repr, values.tolist())))
    else:
        pq.write_table(pa.table({"a": values}), source, row_group_size=1000)
    table = pin(source)
    n = len(values)
    for start, stop in [(0, 1), (0, n), (GROUP_ROWS - 1, GROUP_ROWS + 1), (n - 5, n + 9), (n, n)]:
        assert np.array_equal(table.block(start, stop)[:, 0], values[start:stop])


@pytest.mark.parametrize(
    "kind", [pa.float32(), pa.float16(), pa.int8(), pa.uint32(), pa.decimal128(5, 2)]
)
def test_every_kind_of_number_is_taken(kind: pa.DataType, tmp_path: Path) -> None:
    source = tmp_path / "points.parquet"
    pq.write_table(pa.table({"a": pa.array([1, 2, 3]).cast(pa.float64()).cast(kind)}), source)
    assert pin(source).block(0, 3).tolist() == [[1.0], [2.0], [3.0]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "0 columns"),
        ("\n", "0 columns"),
        ("theta,phi\n", "no rows"),
        ("theta,phi\n1,2\n3,\n", "row 2, column phi has nothing"),
        ("theta,phi\n1,2\n3,nan\n", "row 2, column phi has 'nan', not a finite number"),
        ("theta,phi\n-inf,2\n", "row 1, column theta has '-inf'"),
        ("theta,phi\n1,2\n1,3\nten,4\n", "row 3, column theta has 'ten'"),
        ("theta,phi\n1,1e999\n", "row 1, column phi has '1e999'"),
        ("theta,phi\n1,2\n3\n", "row 2 has 1 cells where 2 should be"),
        ("theta,phi\n1,2\n3,4,5\n", "row 2 has 3 cells"),
        ("theta,theta\n1,2\n", "column 2 is named theta again"),
        ("theta,\n1,2\n", "column 2 has no name"),
        ("0.1,theta\n0.2,1\n", "column 1 is named 0.1, which is a number"),
        ("-2e-3\n0.2\n", "column 1 is named -2e-3, which is a number"),
        ("0,1;0,2\n0,3;0,4\n", "column 1 is named 0, which is a number"),
        ("theta;phi\n0,1;1,2,3\n", "row 1, column phi has '1.2.3'"),
    ],
)
def test_a_bad_csv_is_refused_with_its_row_and_column(
    content: str, said: str, tmp_path: Path
) -> None:
    source = tmp_path / "points.csv"
    source.write_text(content)
    assert said in refused(source)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"a": pa.array([1.0, None])}, "row 2, column a has nothing"),
        ({"a": pa.array([1.0, float("nan")])}, "row 2, column a has nan"),
        ({"a": pa.array([float("inf")])}, "row 1, column a has inf"),
        ({"a": pa.array(["1", "x"])}, "row 2, column a has 'x'"),
        ({"a": pa.array([True])}, "column a holds bool"),
        ({"a": pa.array([[1.0]])}, "column a holds list"),
        ({"a": pa.array([2**60 + 1])}, "1152921504606846977, a whole number beyond 2^53"),
        ({"a": pa.array([], pa.float64())}, "no rows"),
        ({}, "0 columns"),
    ],
)
def test_a_bad_parquet_is_refused_with_its_row_and_column(
    columns: dict[str, pa.Array], said: str, tmp_path: Path
) -> None:
    source = tmp_path / "points.parquet"
    pq.write_table(pa.table(columns), source)
    assert said in refused(source)


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "points.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1.0])] * 2, names=["a", "a"]), source)
    assert "column 2 is named a again" in refused(source)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"PAR1 not at all", b"\x00" * 100])
def test_a_file_that_is_something_else_is_refused(
    suffix: str, content: bytes, tmp_path: Path
) -> None:
    source = tmp_path / f"points.{suffix}"
    source.write_bytes(content)
    assert refused(source)


def test_too_many_points_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "points.csv"
    source.write_text("a\n1\n2\n3\n")
    assert "more than 2 points" in refused(source, most=2)
    assert len(pin(source, most=3)) == 3


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"absent\.csv cannot be read \(No such file"):
        pin(tmp_path / "absent.csv")
    (tmp_path / "folder.csv").mkdir()
    assert "is a folder" in refused(tmp_path / "folder.csv")


def test_what_was_pinned_outlives_a_change_of_the_file(tmp_path: Path) -> None:
    source = tmp_path / "points.csv"
    source.write_text("a\n1\n")
    table = pin(source)
    source.write_text("a\n2\n")
    assert table.block(0, 1).tolist() == [[1.0]]


def test_a_copy_that_is_gone_or_cannot_be_written_is_the_disk_s_fault(tmp_path: Path) -> None:
    source = tmp_path / "points.csv"
    source.write_text("a\n1\n")
    with pytest.raises(StorageFault, match="Start the sweep anew"):
        open_points(tmp_path / "gone.parquet")
    with pytest.raises(StorageFault, match="Make room"):
        pin_points(source, pinned=tmp_path / "no" / "folder.parquet", most=5)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_an_index_of_pandas_that_nobody_named_is_no_parameter(suffix: str, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    source = tmp_path / f"points.{suffix}"
    frame = pandas.DataFrame({"theta": np.linspace(0, 1, 10)}).sample(5, random_state=1)
    frame.to_csv(source) if suffix == "csv" else frame.to_parquet(source)
    found = pin_points(source, pinned=tmp_path / "kept.parquet", most=100)
    assert found.parameters == ("theta",)
    assert found.block(0, 5)[:, 0].tolist() == frame["theta"].tolist()


@pytest.mark.slow
def test_an_index_of_pandas_that_has_a_name_is_a_parameter(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    source = tmp_path / "points.parquet"
    frame = pandas.DataFrame({"theta": [1.0, 2.0], "phi": [3.0, 5.0]}).set_index("phi")
    frame.to_parquet(source)
    found = pin_points(source, pinned=tmp_path / "kept.parquet", most=100)
    assert found.parameters == ("phi", "theta")
    assert found.block(0, 2).tolist() == [[3.0, 1.0], [5.0, 2.0]]


@pytest.mark.parametrize("head", ["a" * 200_000, '"' + "a" * 200_000 + '"', '"a\nb'])
def test_a_first_line_that_is_no_csv_is_refused(head: str, tmp_path: Path) -> None:
    source = tmp_path / "points.csv"
    source.write_text(f"{head}\n1\n")
    assert refused(source)
