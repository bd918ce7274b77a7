"""Tables that belong together: a program, its compiled form, its device, and what was measured."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.datasets.lake.lake_rows import RUN_ID, good_rows

Row = dict[str, Any]
Tables = dict[str, list[Row]]

PROGRAM, COMPILED, CALIBRATION = "11" * 32, "22" * 32, "33" * 32
NOW = datetime(2026, 5, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Measured:
    """How often each outcome of each executable of an execution was seen."""

    execution_id: str
    counts: tuple[tuple[int, ...], ...]
    lost: int = 0  # shots that were asked for and did not come back

    @property
    def shots(self) -> int:
        """The shots that came back."""
        return sum(map(sum, self.counts))


@dataclass(frozen=True, slots=True)
class Valued:
    """An estimate beside the norm of its observable."""

    value: float
    stderr: float
    bound: float | None
    method: str = "readout"
    raw_value: float = 0.0
    shots: int = 1000
    behind: tuple[int, ...] = field(default=(0,))  # places of the executions


def circuits() -> Tables:
    """Return what lands before anything is bought."""
    same = {"program_id": PROGRAM, "compiled_id": COMPILED, "calibration_id": CALIBRATION}
    tables = ("programs", "compiled_programs", "device_snapshots")
    return {
        table: [{**row, **{name: same[name] for name in same.keys() & row.keys()}}]
        for table, row in ((table, good_rows(table)[0]) for table in tables)
    }


def chunk(measured: list[Measured], valued: list[Valued]) -> Tables:
    """Return what lands of some executions and what was made of them."""
    ids = [each.execution_id for each in measured]
    return {
        "executions": [_execution(each) for each in measured],
        "counts": [row for each in measured for row in _counts(each)],
        "estimates": [
            _estimate(one, point=point, ids=[ids[at] for at in one.behind])
            for point, one in enumerate(valued)
        ],
    }


@st.composite
def chunks(draw: st.DrawFn) -> Tables:
    """Tables of which every number and reference is right."""
    counts = st.lists(st.integers(1, 500), min_size=1, max_size=4).map(tuple)
    each = st.lists(counts, min_size=1, max_size=3).map(tuple)
    found = draw(st.lists(st.tuples(each, st.integers(0, 9)), min_size=1, max_size=3))
    measured = [Measured(f"{at:040x}", made, lost) for at, (made, lost) in enumerate(found)]
    places = st.lists(st.integers(0, len(found) - 1), min_size=1, max_size=2, unique=True)
    bounds = st.floats(1e-3, 1e3)
    shares = st.floats(-1, 1)
    valued = draw(
        st.lists(
            st.builds(
                lambda bound, share, raw, stderr, noise, method, behind: Valued(
                    value=share * (bound + (noise * stderr if method != "none" else 0)),
                    stderr=stderr,
                    bound=bound,
                    method=method,
                    raw_value=raw * bound,
                    behind=tuple(behind),
                ),
                bounds,
                shares,
                shares,
                st.floats(1e-6, 1.0),
                st.floats(0, 6),
                st.sampled_from(["none", "readout", "readout,zne"]),
                places,
            ),
            max_size=3,
        )
    )
    return chunk(measured, valued)


def _execution(each: Measured) -> Row:
    return good_rows("executions")[0] | {
        "execution_id": each.execution_id,
        "compiled_id": COMPILED,
        "calibration_id": CALIBRATION,
        "shots_requested": each.shots + each.lost,
        "shots_returned": each.shots,
        "n_executables": len(each.counts),
        "cost_usd": Decimal(0),
    }


def _counts(each: Measured) -> list[Row]:
    return [
        {
            "execution_id": each.execution_id,
            "run_id": RUN_ID,
            "executable": executable,
            "point": 0,
            "basis": "ZZZ",
            "variant": "raw",
            "n_qubits": 3,
            "outcome": outcome,
            "outcome_bits": None,
            "count": count,
        }
        for executable, counts in enumerate(each.counts)
        for outcome, count in enumerate(counts)
    ]


def _estimate(one: Valued, *, point: int, ids: list[str]) -> Row:
    return good_rows("estimates")[0] | {
        "execution_id": ids[0],
        "execution_ids": ids,
        "point": point,
        "observable": "Z0*Z1",
        "method": one.method,
        "value": one.value,
        "stderr": one.stderr,
        "raw_value": one.raw_value,
        "raw_stderr": 0.01,
        "shots": one.shots,
        "bound": one.bound,
    }
