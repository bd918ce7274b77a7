"""Report estimates of a run beyond the norm of their observable."""

from typing import Final

from datasets.lake.views import query
from datasets.records.executions import RunId
from tasks.context.runtime import Runtime

# Iterations of a loop are left out: only final estimates are told of.
_OUTSIDE: Final = """SELECT observable, count(*) FILTER (outside) AS beyond, count(*) AS every,
        arg_max(value, abs(value) - bound) AS value, arg_max(stderr, abs(value) - bound) AS stderr,
        max(bound) AS bound
    FROM estimates WHERE run_id = '{run_id}' AND iteration IS NULL
    GROUP BY observable HAVING beyond > 0 ORDER BY observable"""


def told_outside(run_id: RunId, *, runtime: Runtime) -> list[str]:
    """Say of each observable how many values are beyond its norm, and the farthest; else nothing.

    Mitigation may take a value there, and its error bar says by how much noise: such a value is
    kept and told of. What noise cannot explain has not landed.
    """
    found = query(runtime.home.lake, _OUTSIDE.format(run_id=run_id)).records()
    return [
        f"{row['observable']}: {row['beyond']:,} of {row['every']:,} "
        f"{'value is' if row['every'] == 1 else 'values are'} beyond ±{row['bound']:.4g}, which no "
        f"state exceeds; the farthest is {row['value']:+.4f} ± {row['stderr']:.4f}"
        for row in found
    ]
