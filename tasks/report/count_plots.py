"""What came out of a run's last execution, where it was measured first, as a picture."""

from collections.abc import Iterator
from typing import Final

from datasets.lake.views import query
from tasks.report.drawing.figures import histogram
from tasks.report.presenter import Ended

_MAX_POINTS: Final = 4000  # of a run; looking for the counts of more takes a while
_MAX_OUTCOMES: Final = 16
# Of the last execution, where a loop has its optimum: its first point, in Z as far as it goes.
_COUNTS: Final = """WITH last AS (SELECT execution_id FROM executions WHERE run_id = '{run_id}'
        ORDER BY created_at DESC, execution_id LIMIT 1),
    here AS (SELECT * FROM counts WHERE run_id = '{run_id}' AND variant = 'raw'
        AND execution_id = (SELECT execution_id FROM last))
    SELECT point, basis, bitstring, sum(count)::BIGINT AS shots FROM here
    WHERE point = (SELECT min(point) FROM here) AND basis = (SELECT max(basis) FROM here)
    GROUP BY ALL ORDER BY shots DESC, bitstring LIMIT {most}"""


def counts_plot(ended: Ended, *, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield the histogram, if there is one; `place` is what its point is called."""
    if ended.result["points"] > _MAX_POINTS:
        return
    sql = _COUNTS.format(run_id=ended.run.run_id, most=_MAX_OUTCOMES)
    rows = query(ended.runtime.home.lake, sql).records()
    if rows:
        where = place or f"point {rows[0]['point'] + 1}"
        name = f"counts at {where}, measured in {rows[0]['basis']}"
        seen = {row["bitstring"]: row["shots"] for row in rows}
        yield name, histogram(seen, title=name)
