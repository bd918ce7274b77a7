"""The values of a sweep at the points that it was asked for, read from the lake.

The lake has an experiment's values of all sweeps of it. Where others than the run's own are there,
its points are matched by their exact numbers, and a point that was measured several times has one
value: the mean, each shot counting the same. Of several calibrations one stands for the point,
unless they are mixed: the run's own where it can be, else the one with the most shots.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.records.executions import RunId
from datasets.views import Rows, connect
from tasks.core.sweeps.thinning import thinned
from tasks.core.sweeps.work import SweepSpec, chunks

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_OURS = """SELECT target, observable, point, parameters, value, stderr, shots FROM estimates
    WHERE experiment_id = '{experiment}'"""
_POOLED = """SELECT target, observable, number AS point, asked.parameters,
        sum(value * shots) / sum(shots) AS value,
        sqrt(sum((stderr * shots) ** 2)) / sum(shots) AS stderr, sum(shots)::BIGINT AS shots
    FROM ({estimates}) AS estimates JOIN asked ON estimates.parameters = asked.parameters
    WHERE experiment_id = '{experiment}' AND repetition < {repetitions}
    GROUP BY target, observable, number, asked.parameters, calibration {one}"""
_MIXED = "SELECT *, NULL AS calibration FROM estimates"
_APART = """SELECT estimates.*, measured.calibration FROM estimates LEFT JOIN (
        SELECT execution_id, any_value(coalesce(calibration_id_end, calibration_id)) AS calibration
        FROM executions GROUP BY execution_id) AS measured USING (execution_id)"""
_ONE = """QUALIFY row_number() OVER (PARTITION BY target, observable, number
        ORDER BY calibration IN ({own}) DESC, sum(shots) DESC, calibration) = 1"""
_RANGES = """SELECT target, observable, count(*) AS points, min(value) AS least,
        arg_min(parameters, {'v': value, 'p': point}) AS least_at, max(value) AS most,
        arg_max(parameters, {'v': value, 'p': -point}) AS most_at, median(stderr) AS stderr
    FROM found GROUP BY target, observable"""
_SAMPLE = """SELECT target, observable, parameters, value, stderr FROM found
    WHERE {kept} ORDER BY parameters, point"""

Point = tuple[list[float], float, float]  # parameters, value, stderr
Series = dict[tuple[str, str], list[Point]]  # by observable and target


@dataclass(frozen=True, slots=True)
class SweepValues:
    """What a run was asked for, and where its values are.

    `calibrations` are the run's own, one a target; there are none where calibrations are mixed.
    """

    spec: SweepSpec
    run_id: RunId
    lake: Path
    calibrations: tuple[str, ...]

    def ranges(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return how far each observable goes on each target, by observable and target."""
        with self._asking() as ask:
            done = ask(_RANGES)
            columns = tuple(column[0] for column in done.description or ())
            rows = Rows(columns, tuple(done.fetchall())).records()
        return {(row["observable"], row["target"]): row for row in rows}

    def sample(self, *, most: int) -> Series:
        """Return (parameters, value, stderr) at up to `most` points, ascending.

        By observable and target.
        """
        kept = " AND ".join(
            f"(point // {each.stride}) % {each.length} % {each.step} = 0"
            for each in thinned(self.spec.points, most=most)
        )
        found: Series = defaultdict(list)
        with self._asking() as ask:
            for target, observable, *row in ask(_SAMPLE.format(kept=kept)).fetchall():
                found[observable, target].append(tuple(row))
        return found

    def table(self) -> "pa.Table":
        """Return every value: target, the parameters, observable, value, stderr, shots."""
        names = self.spec.points.parameters
        bound = [f"parameters[{place}] AS {_name(name)}" for place, name in enumerate(names, 1)]
        columns = ["point", *bound, "target", "observable", "value", "stderr", "shots"]
        sql = f"""SELECT {", ".join(columns)} FROM found WHERE list_contains($targets, target)
            ORDER BY list_position($targets, target),
                list_position($observables, observable), point"""  # noqa: S608 - names are quoted
        observables = [each.name for each in self.spec.observables]
        with self._asking() as ask:
            done = ask(sql, targets=list(self.spec.targets), observables=observables)
            return done.to_arrow_table()

    @contextmanager
    def _asking(self) -> "Iterator[Callable[..., duckdb.DuckDBPyConnection]]":
        """Open the lake, and yield what runs SQL that knows the values as `found`."""
        with connect(self.lake) as connection:
            source = _OURS
            if not self._alone(connection):
                connection.register("asked", self._asked())
                source = _POOLED
            own = ", ".join(f"'{one}'" for one in self.calibrations)
            ours = source.format(
                experiment=self.spec.experiment_id,
                repetitions=self.spec.repetitions,
                estimates=_APART if own else _MIXED,
                one=_ONE.format(own=own) if own else "",
            )

            def ask(sql: str, **values: Any) -> "duckdb.DuckDBPyConnection":
                return connection.execute(f"WITH found AS ({ours}) {sql}", values)

            yield ask

    def _alone(self, connection: "duckdb.DuckDBPyConnection") -> bool:
        """Whether the experiment has no values but those that this run measured once."""
        sql = "SELECT DISTINCT run_id, repetition FROM estimates WHERE experiment_id = ?"
        found = connection.execute(sql, [self.spec.experiment_id]).fetchall()
        return found == [(self.run_id, 0)]

    def _asked(self) -> "pa.Table":
        """Return the numbers of the points, and the points."""
        import pyarrow as pa

        points, n_points = self.spec.points, len(self.spec.points)
        width = len(points.parameters)
        blocks = [points.block(chunk.start, chunk.stop) for chunk in chunks(n_points)]
        offsets = np.arange(n_points + 1, dtype=np.int32) * width
        flat = pa.array(np.concatenate(blocks).reshape(-1))
        return pa.table(
            {
                "number": np.arange(n_points, dtype=np.int64),
                "parameters": pa.ListArray.from_arrays(offsets, flat),
            }
        )


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
