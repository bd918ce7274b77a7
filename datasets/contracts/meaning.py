"""Derived columns for contracts between rows: sums of counts, references, bounds of observables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from datasets.contracts.content import numbered, one_chunk

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

ROUNDING: Final = 1e-9  # of the bound, or of 1
RARE_SHOTS: Final = 40.0
RELEARNT: Final = 0.05
SHOWN_DIGITS: Final = 12  # of an id, where it is told


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that names rows of other tables, and what those are in words."""

    column: str
    to: str


EXECUTION: Final = "execution"
COMPILED: Final = "compiled program"
PROGRAM: Final = "program"
CALIBRATION: Final = "calibration"

REFERENCES: Mapping[str, tuple[Reference, ...]] = MappingProxyType(
    {
        "compiled_programs": (Reference("program_id", PROGRAM),),
        "executions": (
            Reference("compiled_id", COMPILED),
            Reference("calibration_id", CALIBRATION),
        ),
        "counts": (Reference("execution_id", EXECUTION),),
        "estimates": (Reference("execution_id", EXECUTION), Reference("execution_ids", EXECUTION)),
    }
)
# Where what is referred to stands, as table and column. A batch's executions hold several programs.
HELD_IN: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        EXECUTION: (("executions", "execution_id"),),
        COMPILED: (("compiled_programs", "compiled_id"), ("members", "set_id")),
        PROGRAM: (("programs", "program_id"),),
        CALIBRATION: (("device_snapshots", "calibration_id"),),
    }
)
# What is derived for the contract of each table, beside its own columns. What an execution refers
# to is missed by `qrt verify` alone: what was paid for lands, whatever else the lake has lost.
DERIVED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "compiled_programs": ("dangling",),
        "executions": ("shots_missing",),
        "counts": ("dangling", "shots_missing"),
        "estimates": ("dangling", "excess"),
    }
)


@dataclass(frozen=True, slots=True)
class Related:
    """What rows are checked against: what lands with them, and what the lake has already.

    `known` are ids by what they are of. `counted` are shots by execution, of all its counts.
    `returned` are the shots that came back of executions that land without their row; null as 0.
    """

    known: Mapping[str, frozenset[str]]
    counted: Mapping[str, int]
    returned: Mapping[str, int]


def derived(table: str, rows: "pa.Table", related: Related | None) -> "dict[str, pa.Array]":
    """Return the derived columns of a table: null where nothing is wrong, or nothing to compare.

    `dangling` tells an id that nothing in the lake has. `shots_missing` is by how many shots the
    counts of an execution fall short of what came back. `excess` is by how many error bars an
    estimate lies beyond what its observable can be.
    """
    made: dict[str, pa.Array] = {}
    for name in DERIVED.get(table, ()):
        match name:
            case "dangling":
                made[name] = _dangling(table, rows, related)
            case "shots_missing":
                made[name] = _shots_missing(table, rows, related)
            case "excess":
                made[name] = excess(rows)
    return made


def counted(rows: "pa.Table") -> dict[str, int]:
    """Return the shots of each execution in rows of `counts`."""
    import numpy as np

    whole = rows.select(["execution_id", "count"])
    if any(column.null_count for column in whole.columns):
        whole = whole.drop_null()
    ids, counts = (one_chunk(column) for column in whole.columns)
    ids = numbered(ids)
    places = ids.indices.to_numpy()
    # Rows of an execution stand together: adding up such a run is quicker than row by row.
    starts = np.flatnonzero(places[1:] != places[:-1]) + 1
    starts = np.concatenate((np.zeros(min(len(places), 1), np.int64), starts))
    runs = np.add.reduceat(counts.to_numpy(), starts, dtype=np.int64) if len(starts) else starts
    sums = np.bincount(places[starts], weights=runs, minlength=len(ids.dictionary))
    return dict(zip(ids.dictionary.to_pylist(), sums.astype(np.int64).tolist(), strict=True))


def ids_in(column: "pa.ChunkedArray | pa.Array") -> frozenset[str]:
    """Return the texts of a column, or of the lists in it.

    A dictionary holds no others: `content.coded` has made it.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = one_chunk(column)
    if pa.types.is_dictionary(whole.type):
        return frozenset(whole.dictionary.to_pylist())
    flat = pc.list_flatten(whole) if pa.types.is_list(whole.type) else whole
    return frozenset(flat.unique().drop_null().to_pylist())


def excess(rows: "pa.Table") -> "pa.Array":
    """Return by how many of its error bars each estimate lies beyond its norm; null without one.

    The norm is the sum of the sizes of the observable's coefficients: no state gives more. A raw
    value is a mean of values within it, so nothing but rounding can take it beyond. A mitigated one
    may be beyond for three reasons, and only what none of them explains counts here:

    * noise, which the error bar tells, in units of which this is;
    * an outcome so rare that none of n shots showed it, so that the error bar is too small. With a
      chance of p it goes unseen with exp(-n p), which is exp(-20) at p = 20/n; seen, it would have
      moved the mean by up to 2 p times the norm: 40/n of it (`RARE_SHOTS`);
    * a readout that has moved since it was learnt: 5 % of the norm (`RELEARNT`).
    """
    import numpy as np
    import pyarrow as pa

    bound = _numbers(rows, "bound")
    slack = ROUNDING * np.maximum(bound, 1.0)
    raw = _beyond(_numbers(rows, "raw_value"), _numbers(rows, "raw_stderr"), bound + slack)
    plain = np.array(one_chunk(rows.column("method")).to_pylist(), object) == "none"
    shots = np.maximum(_numbers(rows, "shots"), 1.0)
    slack = slack + np.where(plain, 0.0, bound * (RARE_SHOTS / shots + RELEARNT))
    best = _beyond(_numbers(rows, "value"), _numbers(rows, "stderr"), bound + slack)
    return pa.array(np.fmax(raw, best), pa.float64(), mask=np.isnan(bound))


def _beyond(value: "np.ndarray", stderr: "np.ndarray", limit: "np.ndarray") -> "np.ndarray":
    """Return how far sizes are beyond a limit, in error bars; infinite where there is none."""
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        over = np.abs(value) - limit
        return np.where(over > 0, over / stderr, 0.0)


def _numbers(rows: "pa.Table", name: str) -> "np.ndarray":
    """Return a column as floats, null as NaN."""
    import numpy as np
    import pyarrow as pa

    whole = one_chunk(rows.column(name))
    found = whole.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return np.asarray(found, np.float64)


def _dangling(table: str, rows: "pa.Table", related: Related | None) -> "pa.Array":
    import pyarrow as pa

    unknown = {
        reference: ids_in(rows.column(reference.column)) - related.known[reference.to]
        for reference in (REFERENCES[table] if related else ())
        if related
    }
    if not any(unknown.values()):
        return pa.nulls(len(rows))
    told: list[str | None] = [None] * len(rows)
    for reference, ids in unknown.items():
        values = rows.column(reference.column).to_pylist()
        each = (_named(reference.to, value, ids) for value in values)
        told = [known or named for known, named in zip(told, each, strict=True)]
    return pa.array(told, pa.string())


def _named(kind: str, value: str | Sequence[str] | None, unknown: frozenset[str]) -> str | None:
    each: Iterable[str] = [value] if isinstance(value, str) else value or ()
    return next((f"{kind} {one:.{SHOWN_DIGITS}}" for one in each if one in unknown), None)


def _shots_missing(table: str, rows: "pa.Table", related: Related | None) -> "pa.Array":
    import pyarrow as pa

    if related is None:
        return pa.nulls(len(rows), pa.int8())
    if table == "executions":
        ids, back = (rows.column(name).to_pylist() for name in ("execution_id", "shots_returned"))
        missing = [
            (shots or 0) - related.counted.get(one, 0) for one, shots in zip(ids, back, strict=True)
        ]
        return pa.array(missing, pa.int64())
    if not related.returned:
        return pa.nulls(len(rows), pa.int8())
    texts = numbered(rows.column("execution_id"))
    short = {one: back - related.counted.get(one, 0) for one, back in related.returned.items()}
    each = pa.array([short.get(one) for one in texts.dictionary.to_pylist()], pa.int64())
    return each.take(texts.indices)
