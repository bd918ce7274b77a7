"""How fast counts land and are read: this lake beside bare pyarrow and beside DuckDB on one file.

Usage: python -m benchmarks.landing [--rows 1000000] [--files 60] [--repeat 5] [--json FILE]
Both sides of a ratio take turns in one process on the same table, and each is given its quickest
turn, in wall time and in processor time: on a machine that others use too the second says more.
"""

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from datasets.contracts.checking import check, contract
from datasets.contracts.frames import seen
from datasets.contracts.witnesses import witnesses
from datasets.lake import views
from datasets.lake.batches import prepare, publish
from datasets.lake.lake import Lake
from datasets.lake.stores import LocalStore

RUN_ID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
N_QUBITS, OUTCOMES_PER_POINT, EXECUTIONS = 20, 61, 16
QUERIES = (
    "SELECT basis, sum(count) FROM {} GROUP BY basis",
    "SELECT execution_id, variant, sum(count) FROM {} GROUP BY ALL",
    "SELECT point % 100 AS p, sum(count), max(outcome) FROM {} GROUP BY ALL",
)


@dataclass(frozen=True)
class Figure:
    """One thing that was done, with its quickest turn."""

    name: str
    wall_ms: float
    cpu_ms: float


def main() -> None:
    """Measure landing, checks and queries, and print one table each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        figures += landing(Path(folder), rows=options.rows, repeat=options.repeat)
        figures += checks(repeat=options.repeat)
        figures += queries(Path(folder), files=options.files, repeat=options.repeat)
    if options.json:
        options.json.write_text(json.dumps([asdict(found) for found in figures], indent=1))


def landing(folder: Path, *, rows: int, repeat: int) -> list[Figure]:
    """Land one chunk and write it with bare pyarrow, texts as dictionaries and as themselves."""
    lake = Lake(folder / "lake", folder / "quarantine")
    lake.land("counts", (RUN_ID, "warm"), counts(100), run_id=RUN_ID)
    figures: list[Figure] = []
    for layout, table in (("dictionaries", counts(rows)), ("texts", as_texts(counts(rows)))):
        keys = iter([(RUN_ID, f"{layout}-{turn}") for turn in range(repeat)])

        def bare(codec: str, table: pa.Table = table) -> None:
            pq.write_table(table, folder / f"{codec}.parquet", compression=codec)

        def land(key: tuple[str, ...], table: pa.Table = table) -> None:
            lake.land("counts", key, table, run_id=RUN_ID)

        first = (RUN_ID, f"{layout}-0")
        found = quickest(
            {
                f"pyarrow snappy, {layout}": lambda: bare("snappy"),
                f"pyarrow zstd, {layout}": lambda: bare("zstd"),
                f"lake.land, {layout}": lambda keys=keys: land(next(keys)),
                f"lake.land again, {layout}": lambda first=first: land(first),
            },
            repeat,
        )
        figures += report(f"{rows:,} rows of counts", found, beside=found[2])
    sizes = {path.stem: path.stat().st_size for path in folder.glob("*.parquet")}
    (ours,) = (folder / "lake").glob("counts/**/texts-0.parquet")
    sys.stdout.write(f"bytes: {sizes | {'lake': ours.stat().st_size}}\n\n")
    return figures


def checks(*, repeat: int) -> list[Figure]:
    """Check tables of growing size; what is not Great Expectations is the search for witnesses."""
    ways: dict[str, Callable[[], Any]] = {}
    rules = contract("counts")["expectations"]
    for rows in (1_000, 10_000, 100_000, 1_000_000):
        typed = prepare("counts", ("a",), counts(rows)).rows
        ways[f"check, {rows:,} rows"] = lambda typed=typed: check("counts", typed)
        ways[f"witnesses, {rows:,} rows"] = lambda typed=typed: witnesses(
            seen("counts", typed), rules
        )
    found = quickest(ways, repeat)
    return report("checks", found, beside=found[0])


def queries(folder: Path, *, files: int, repeat: int) -> list[Figure]:
    """Group 10,000,000 rows in many files through the views, and in one file by DuckDB."""
    root, one = folder / "many", folder / "one.parquet"
    store, per_file = LocalStore(root), 10_000_000 // files
    for chunk in range(files):
        publish(store, prepare("counts", (RUN_ID, f"{chunk}"), counts(per_file, chunk=chunk)))
    connection = duckdb.connect()
    every = f"read_parquet('{root}/counts/**/*.parquet', hive_partitioning = false)"
    connection.execute(f"COPY (FROM {every}) TO '{one}' (COMPRESSION zstd)")
    opened, figures = views.connect(root), []
    for sql in QUERIES:
        alone, through = sql.format(f"'{one}'"), sql.format("counts")
        found = quickest(
            {
                "DuckDB, one file": lambda alone=alone: connection.execute(alone).fetchall(),
                "views, opened before": lambda sql=through: opened.execute(sql).fetchall(),
                "views.query": lambda sql=through: views.query(root, sql),
            },
            repeat,
        )
        figures += report(through, found, beside=found[0])
    return figures


def counts(rows: int, *, chunk: int = 0) -> pa.Table:
    """Return rows as a sweep makes them: ascending outcomes of one point after the other."""
    rng = np.random.default_rng(chunk)
    points = -(-rows // OUTCOMES_PER_POINT)
    step = 2**N_QUBITS // OUTCOMES_PER_POINT
    outcomes = np.cumsum(rng.integers(1, step, (points, OUTCOMES_PER_POINT)), axis=1)
    point = np.repeat(np.arange(points, dtype=np.int32), OUTCOMES_PER_POINT)[:rows]
    ids = [hashlib.sha256(f"{chunk} {at}".encode()).hexdigest()[:40] for at in range(EXECUTIONS)]
    per_execution = -(-points // EXECUTIONS)
    return pa.table(
        {
            "execution_id": _chosen(point // per_execution, ids),
            "run_id": _chosen(point * 0, [RUN_ID]),
            "executable": point % per_execution,
            "point": point + chunk * points,
            "basis": _chosen(point * 0, ["Z" * N_QUBITS]),
            "variant": _chosen(point * 0, ["raw"]),
            "n_qubits": np.full(rows, N_QUBITS, np.int32),
            "outcome": outcomes.reshape(-1)[:rows].astype(np.uint64),
            "outcome_bits": pa.nulls(rows, pa.binary()),
            "count": rng.geometric(0.2, rows).astype(np.uint32),
        }
    )


def as_texts(table: pa.Table) -> pa.Table:
    """Return the same rows without dictionaries."""
    kinds = [
        (field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type)
        for field in table.schema
    ]
    return table.cast(pa.schema(kinds))


def quickest(ways: dict[str, Callable[..., Any]], repeat: int) -> list[Figure]:
    """Let every way take its turn, `repeat` times."""
    turns: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(repeat):
        for name, way in ways.items():
            began = time.perf_counter(), time.process_time()
            way()
            ended = time.perf_counter(), time.process_time()
            turns[name].append((ended[0] - began[0], ended[1] - began[1]))
    return [
        Figure(name, *(round(min(column) * 1e3, 2) for column in zip(*taken, strict=True)))
        for name, taken in turns.items()
    ]


def report(title: str, figures: list[Figure], *, beside: Figure) -> list[Figure]:
    """Print the figures with their ratios to one of them, more than 1 being slower than it."""
    sys.stdout.write(f"{title}\n{'':<34} {'wall ms':>9} {'ratio':>6} {'cpu ms':>9} {'ratio':>6}\n")
    for one in figures:
        wall, cpu = one.wall_ms / beside.wall_ms, one.cpu_ms / beside.cpu_ms
        sys.stdout.write(
            f"{one.name:<34} {one.wall_ms:>9.1f} {wall:>6.2f} {one.cpu_ms:>9.1f} {cpu:>6.2f}\n"
        )
    sys.stdout.write("\n")
    sys.stdout.flush()
    return figures


def _chosen(numbers: np.ndarray[Any, Any], texts: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(numbers.astype(np.int32), texts)


if __name__ == "__main__":
    main()
