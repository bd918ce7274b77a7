"""Open a CSV or Parquet file of points: the names of its columns, and its rows in batches."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from datasets.file_reading import opened
from datasets.json_text import read_json
from datasets.records.parameters import called
from tasks.errors import BadInput

GROUP_ROWS: Final = 65_536
MAX_COLUMNS: Final = 10_000
SHOWN: Final = 40  # characters of foreign text that a message repeats
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
        if name in names[: place - 1]:
            message = f"{source}: column {place} is named {name} again. Keep one of them."
            raise BadInput(message)
    return names, batches


def _csv(source: Path) -> tuple[list[str], Iterator[Any]]:
    names = _heading(source)
    # pandas writes a first column without a name: it only numbers the rows.
    wanted = names[1:] if len(names) > 1 and not names[0] else names
    return wanted, _csv_rows(source, names, wanted)


def _heading(source: Path) -> list[str]:
    import csv

    with source.open(encoding="utf-8-sig", newline="") as file:
        try:
            return [name.strip() for name in next(csv.reader(file), [])]
        except csv.Error as error:
            message = f"{source}: its first line is not CSV ({error}). Name a parameter a column."
            raise BadInput(message) from error


def _csv_rows(source: Path, names: list[str], wanted: list[str]) -> Iterator[Any]:
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
            parse_options=ParseOptions(invalid_row_handler=refuse),
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
            f"{source}: {place} has {bad[0].actual_columns} cells; there are "
            f"{bad[0].expected_columns} columns. Correct the row."
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
