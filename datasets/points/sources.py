"""Open a CSV or Parquet file of points: the names of its columns, and its rows in batches."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from datasets.files.json_text import read_json
from datasets.files.reading import opened
from datasets.records.parameters import called
from tasks.errors import BadInput

GROUP_ROWS: Final = 65_536
MAX_COLUMNS: Final = 10_000
SHOWN: Final = 40  # characters of foreign text that a message repeats
_NUMBER: Final = re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_UNNAMED: Final = re.compile(r"__index_level_\d+__")


def columns_of(source: Path) -> tuple[list[str], Iterator[Any]]:
    """Return the parameters that columns name, and the rows as Arrow batches, text or numbers."""
    opened(source, wanted="points").close()  # a pipe would be waited for
    found, batches = _csv(source) if source.suffix.lower() == ".csv" else _parquet(source)
    names = [called(name) for name in found]
    if not names or len(names) > MAX_COLUMNS:
        message = f"{source} has {len(names)} columns; give 1 to {MAX_COLUMNS}, one a parameter."
        raise BadInput(message)
    for place, name in enumerate(names, start=1):
        if not name:
            message = f"{source}: column {place} has no name. Name the parameter that it binds."
            raise BadInput(message)
        if not name.isprintable():
            message = f"{source}: column {place} is named {name[:SHOWN]!r}. Name it in one line."
            raise BadInput(message)
        if _NUMBER.fullmatch(name):
            message = (
                f"{source}: column {place} is named {name[:SHOWN]}, which is a number. Name the "
                "parameter that it binds, in CSV in the first line."
            )
            raise BadInput(message)
        if name in names[: place - 1]:
            message = f"{source}: column {place} is named {name} again. Keep one of them."
            raise BadInput(message)
    return names, batches


def _csv(source: Path) -> tuple[list[str], Iterator[Any]]:
    names, separator = _heading(source)
    # pandas writes a first column without a name: it only numbers the rows.
    wanted = names[1:] if len(names) > 1 and not names[0] else names
    rows = _csv_rows(source, names, wanted, separator)
    return wanted, rows if separator == "," else map(_with_points, rows)


def _heading(source: Path) -> tuple[list[str], str]:
    """Return the names of the columns, and what separates them: commas, or else `;` or tabs."""
    import csv

    with source.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline()
        separator = next((mark for mark in ",;\t" if mark in line), ",")
        file.seek(0)
        try:
            names = next(csv.reader(file, delimiter=separator), [])
        except csv.Error as error:
            message = f"{source}: its first line is not CSV ({error}). Name a parameter a column."
            raise BadInput(message) from error
    return [name.strip() for name in names], separator


def _with_points(batch: Any) -> Any:
    """Return a batch of text with decimal points, where spreadsheets have written commas."""
    import pyarrow as pa
    from pyarrow import compute

    columns = [compute.replace_substring(column, ",", ".") for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _csv_rows(source: Path, names: list[str], wanted: list[str], separator: str) -> Iterator[Any]:
    import pyarrow as pa
    from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, open_csv

    bad: list[Any] = []

    def refuse(row: Any) -> str:
        bad.append(row)
        return "error"

    rows_before = 0
    try:
        # One thread, so that rows come in order and a bad one has its number.
        with open_csv(
            source,
            read_options=ReadOptions(use_threads=False, column_names=names, skip_rows=1),
            parse_options=ParseOptions(delimiter=separator, invalid_row_handler=refuse),
            convert_options=ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=wanted,
                strings_can_be_null=False,
            ),
        ) as reader:
            for batch in reader:
                rows_before += len(batch)
                yield batch
    except pa.ArrowInvalid as error:
        if not bad:
            raise
        place = f"row {bad[0].number - 1}" if bad[0].number else f"after row {rows_before}"
        message = (
            f"{source}: {place} has {bad[0].actual_columns} cells where "
            f"{bad[0].expected_columns} should be, one a column. Correct the row."
        )
        raise BadInput(message) from error


def _parquet(source: Path) -> tuple[list[str], Iterator[Any]]:
    from pyarrow.parquet import ParquetFile

    file = ParquetFile(source)
    rows = _pandas_index(file.schema_arrow)
    names = [name for name in file.schema_arrow.names if name not in rows]
    return names, file.iter_batches(batch_size=GROUP_ROWS, columns=names if rows else None)


def _pandas_index(schema: Any) -> frozenset[str]:
    """Return the columns that only number the rows: an index of pandas that nobody named."""
    told = read_json(
        (schema.metadata or {}).get(b"pandas", b"{}").decode(),
        origin="what pandas says of the file",
        wanted="Write it again.",
    )
    index = told.get("index_columns") if isinstance(told, dict) else None
    listed = index if isinstance(index, list) else []
    return frozenset(n for n in listed if isinstance(n, str) and _UNNAMED.fullmatch(n))
