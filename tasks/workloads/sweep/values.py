"""The values of a sweep at the points that it was asked for, read from the lake.

The lake has an experiment's values of all sweeps of it. Where others than the run's own are there,
its points are matched by their exact numbers, and a point that was measured several times has one
value: the mean, each shot counting the same. Of several calibrations one stands for the point,
unless they are mixed: the run's own where it can be, else the one with the most shots.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from datasets.lake.views import Rows, connect
from datasets.records.executions import RunId
from tasks.core.sweeps.thinning import thinned
from tasks.core.sweeps.work import SweepSpec, chunks

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_OURS = """SELECT target, observable, point, parameters, value, stderr, shots FROM ({estimates})
    WHERE experiment_id = '{experiment}'"""
# What was measured once is as it was to the last digit, whoever measured it.
_POOLED = """SELECT target, observable, number AS point, asked.parameters,
        if(count(*) = 1, any_value(value), sum(value * shots) / sum(shots)) AS value,
        if(count(*) = 1, any_value(stderr), sqrt(sum((stderr * shots) ** 2)) / sum(shots))
            AS stderr, sum(shots)::BIGINT AS shots
    FROM ({estimates}) AS estimates JOIN asked ON estimates.parameters = asked.parameters
    WHERE experiment_id = '{experiment}' AND repetition < {repetitions}
    GROUP BY target, observable, number, asked.parameters, calibration {one}"""
_MIXED = "SELECT *, NULL AS calibration FROM {alike} AS estimates"
_APART = """SELECT estimates.*, measured.calibration FROM {alike} AS estimates LEFT JOIN (
        SELECT execution_id, any_value(coalesce(calibration_id_end, calibration_id)) AS calibration
        FROM executions GROUP BY execution_id) AS measured USING (execution_id)"""
_ONE = """QUALIFY row_number() OVER (PARTITION BY target, observable, number
        ORDER BY calibration IN ({own}) DESC, sum(shots) DESC, calibration) = 1"""
_SOURCES = """SELECT DISTINCT estimates.run_id FROM ({estimates}) AS estimates
    JOIN asked ON estimates.parameters = asked.parameters
    WHERE experiment_id = '{experiment}' AND repetition < {repetitions}
        AND list_contains($targets, target) AND {ours}"""
_RANGES = """SELECT target, observable, count(*) AS points, min(value) AS least,
        arg_min(parameters, {'v': value, 'p': point}) AS least_at, max(value) AS most,
        arg_max(parameters, {'v': value, 'p': -point}) AS most_at, list(stderr) AS stderrs
    FROM found GROUP BY target, observable"""
_SAMPLE = """SELECT target, observable, parameters, value, stderr FROM found
    WHERE {kept} ORDER BY parameters, point"""

PART_POINTS = 2**16  # that are grouped together

Numbers = NDArray[np.int64]  # of points, ascending
Point = tuple[list[float], float, float]  # parameters, value, stderr
Series = dict[tuple[str, str], list[Point]]  # by observable and target


@dataclass(frozen=True, slots=True)
class SweepValues:
    """What a run was asked for, and where its values are.

    `calibrations` are the run's own, one a target; there are none where calibrations are mixed.
    What the runs `unlike` it have measured is another experiment's, whatever it is called.
    """

    spec: SweepSpec
    run_id: RunId
    lake: Path | str
    calibrations: tuple[str, ...]
    unlike: tuple[RunId, ...] = ()

    def ranges(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return how far each observable goes on each target, by observable and target."""
        found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        with connect(self.lake) as connection:
            for part in self._parts(connection):
                done = self._ask(connection, _RANGES, among=part)
                columns = tuple(column[0] for column in done.description or ())
                for row in Rows(columns, tuple(done.fetchall())).records():
                    each = row | {"stderrs": np.array(row["stderrs"])}
                    found[row["observable"], row["target"]].append(each)
        return {key: _whole(parts) for key, parts in found.items()}

    def others(self) -> set[RunId]:
        """Return the other runs whose values these are in part."""
        own = self._own
        sql = _SOURCES.format(
            estimates=self._estimates,
            experiment=self.spec.experiment_id,
            repetitions=self.spec.repetitions,
            ours=f"calibration IN ({own})" if own else "true",
        )
        found, told = set[RunId](), {"targets": list(self.spec.targets)}
        with connect(self.lake) as connection:
            for part in self._parts(connection):
                if part is not None:
                    connection.register("asked", self._asked(part))
                    found |= {RunId(row[0]) for row in connection.execute(sql, told).fetchall()}
        return found - {self.run_id}

    def sample(self, *, most: int) -> Series:
        """Return (parameters, value, stderr) at up to `most` points, ascending.

        By observable and target.
        """
        kept = " AND ".join(
            f"(point // {each.stride}) % {each.length} % {each.step} = 0"
            for each in thinned(self.spec.points, most=most)
        )
        found: Series = defaultdict(list)
        with connect(self.lake) as connection:
            among = None if self._alone(connection) else self._kept(most)
            rows = self._ask(connection, _SAMPLE.format(kept=kept), among=among).fetchall()
        for target, observable, *row in rows:
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
        told = {
            "targets": list(self.spec.targets),
            "observables": [each.name for each in self.spec.observables],
        }
        with connect(self.lake) as connection:
            among = None if self._alone(connection) else np.arange(len(self.spec.points))
            return self._ask(connection, sql, among=among, **told).to_arrow_table()

    def _parts(self, connection: "duckdb.DuckDBPyConnection") -> Iterator[Numbers | None]:
        """Yield the points in parts; grouping keeps each of them in memory, the rest does not."""
        if self._alone(connection):
            yield None
        else:
            for part in chunks(len(self.spec.points), chunk_points=PART_POINTS):
                yield np.arange(part.start, part.stop)

    def _kept(self, most: int) -> Numbers:
        """Return the numbers of the points of a sample."""
        found = np.arange(len(self.spec.points))
        for each in thinned(self.spec.points, most=most):
            found = found[found // each.stride % each.length % each.step == 0]
        return found

    def _ask(
        self,
        connection: "duckdb.DuckDBPyConnection",
        sql: str,
        *,
        among: Numbers | None,
        **told: Any,
    ) -> "duckdb.DuckDBPyConnection":
        """Run SQL that knows the values as `found`: all of the experiment, or `among` points."""
        source, own = _OURS, self._own
        if among is not None:
            connection.register("asked", self._asked(among))
            source = _POOLED
        ours = source.format(
            experiment=self.spec.experiment_id,
            repetitions=self.spec.repetitions,
            estimates=self._estimates,
            one=_ONE.format(own=own) if own else "",
        )
        return connection.execute(f"WITH found AS ({ours}) {sql}", told)

    @property
    def _own(self) -> str:
        return _listed(self.calibrations)

    @property
    def _estimates(self) -> str:
        return (_APART if self.calibrations else _MIXED).format(alike=self._alike)

    @property
    def _alike(self) -> str:
        if not self.unlike:
            return "estimates"
        return f"(SELECT * FROM estimates WHERE run_id NOT IN ({_listed(self.unlike)}))"  # noqa: S608 - ids

    def _alone(self, connection: "duckdb.DuckDBPyConnection") -> bool:
        """Whether the experiment has no values but those that this run measured once."""
        sql = f"SELECT DISTINCT run_id, repetition FROM {self._alike} WHERE experiment_id = ?"  # noqa: S608 - ids
        found = connection.execute(sql, [self.spec.experiment_id]).fetchall()
        return found == [(self.run_id, 0)]

    def _asked(self, numbers: Numbers) -> "pa.Table":
        """Return the numbers of the points, and the points."""
        import pyarrow as pa

        points = self.spec.points
        blocks = [np.zeros((0, len(points.parameters)))]
        for chunk in chunks(len(points)):
            here = numbers[slice(*np.searchsorted(numbers, [chunk.start, chunk.stop]))]
            if len(here):
                first = int(here[0])
                blocks.append(points.block(first, int(here[-1]) + 1)[here - first])
        offsets = np.arange(len(numbers) + 1, dtype=np.int32) * len(points.parameters)
        flat = pa.array(np.concatenate(blocks).reshape(-1))
        return pa.table({"number": numbers, "parameters": pa.ListArray.from_arrays(offsets, flat)})


def _whole(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Put the ranges of an observable's parts together; of equal values the first stands."""
    least = min(parts, key=lambda part: part["least"])
    most = max(parts, key=lambda part: part["most"])
    return {
        "target": least["target"],
        "observable": least["observable"],
        "points": sum(part["points"] for part in parts),
        "least": least["least"],
        "least_at": least["least_at"],
        "most": most["most"],
        "most_at": most["most_at"],
        "stderr": float(np.median(np.concatenate([part["stderrs"] for part in parts]))),
    }


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(f"'{one}'" for one in ids)


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
