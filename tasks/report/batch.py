"""What is shown of a batch: its circuits in a table, and what came out of some as pictures."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from datasets.lake.views import query
from datasets.records.executions import RunId
from tasks.core.text.amounts import counted
from tasks.report.drawing.figures import histogram
from tasks.report.drawing.page import plots_page
from tasks.report.markdown import code, spoken, table
from tasks.report.presenter import MAX_ROWS, Ended, Plots, Shown, about_run, charged

MAX_DRAWN: Final = 12  # circuits
_MAX_OUTCOMES: Final = 16
# As near to Z as each circuit was measured.
_COUNTS: Final = """WITH summed AS (SELECT point, basis, bitstring, sum(count)::BIGINT AS shots
        FROM counts WHERE run_id = '{run_id}' AND variant = 'raw' AND point IN ({points})
        GROUP BY ALL)
    SELECT * FROM summed QUALIFY basis = max(basis) OVER (PARTITION BY point) AND row_number()
        OVER (PARTITION BY point, basis ORDER BY shots DESC, bitstring) <= {most}
    ORDER BY point, shots DESC, bitstring"""
# To be copied.
_TRACED: Final = (
    "SELECT m.name, e.observable, e.value, e.stderr, p.depth FROM estimates e\n"
    "  JOIN executions x ON x.execution_id = e.execution_id\n"
    "  JOIN members m ON m.run_id = e.run_id AND m.target = x.target AND m.point = e.point\n"
    "  JOIN compiled_programs p ON p.compiled_id = m.compiled_id\n"
    "  WHERE e.run_id = '{run_id}' ORDER BY m.point"
)


def histograms(ended: Ended) -> Plots:
    """Return the names and the counts of the first circuits that came back, as pictures."""
    circuits = ended.result["circuits"]
    names = {c["number"]: c["name"] for c in circuits if c["failure"] is None}
    drawn = sorted(names)[:MAX_DRAWN]
    points = ", ".join(map(str, drawn))
    sql = _COUNTS.format(run_id=ended.run.run_id, points=points, most=_MAX_OUTCOMES)
    rows = query(ended.runtime.home.lake, sql).records()
    found = []
    for point, each in groupby(rows, key=lambda row: row["point"]):
        seen = list(each)
        name = f"{names[point]}: counts, measured in {seen[0]['basis']}"
        shots = {row["bitstring"]: row["shots"] for row in seen}
        found.append((name, histogram(shots, title=name)))
    return found


def rows(result: Mapping[str, Any], *, most: int) -> list[dict[str, Any]]:
    """Return a row a circuit, for a table in the Prefect UI."""
    return [
        {
            "circuit": circuit["name"],
            "qubits": circuit["n_qubits"],
            "two-qubit gates": circuit["two_qubit_gates"],
            "depth": circuit["depth"],
            "shots": circuit["shots"],
            "estimates": "; ".join(estimates(circuit)) or f"failed: {circuit['failure']}",
            "most frequent": ", ".join(frequent(circuit)),
        }
        for circuit in result["circuits"][:most]
    ]


def head(ended: Ended) -> Iterator[str]:
    """Yield the beginning of the page in the Prefect UI, as Markdown."""
    result = ended.result
    tasks, circuits = counted(result["tasks"], "task"), counted(len(result["circuits"]), "circuit")
    yield f"# {circuits} on {code(result['target'])} in {tasks}"
    columns = ("qubits", "two-qubit gates", "depth", "estimates", "most frequent")
    told = [
        [code(row["circuit"]), *(_cell(row[name]) for name in columns)]
        for row in rows(result, most=MAX_DRAWN)
    ]
    yield table(("circuit", *columns), told)
    left = len(result["circuits"]) - MAX_DRAWN
    if left > 0:
        yield f"And {left:,} more, in the table and in the report."
    yield charged(result)


def html(ended: Ended, plots: Plots, device: str) -> str:
    """Return the report."""
    return plots_page(
        "batch",
        ended.result,
        parameters=ended.run.asked,
        plots=plots,
        about=about_run(ended.run),
        device=device,
    )


def estimates(circuit: Mapping[str, Any]) -> list[str]:
    """Say what was estimated of a circuit."""
    return [
        f"{name} {one['value']:+.4f} ± {one['stderr']:.4f}"
        for name, one in circuit["estimates"].items()
    ]


def frequent(circuit: Mapping[str, Any]) -> list[str]:
    """Say what came out of a circuit most often."""
    return [f"{each['bitstring']} ({each['count']:,})" for each in circuit["most_frequent"]]


def traced(run_id: RunId) -> str:
    """Return the query that leads from a batch's estimates to the compiled programs."""
    return _TRACED.format(run_id=run_id)


def _cell(value: Any) -> str:
    return "-" if value is None else spoken(str(value))


BATCH: Final = Shown(
    head=head,
    sql=lambda ended: traced(ended.run.run_id),
    plots=histograms,
    rows=lambda ended: rows(ended.result, most=MAX_ROWS),
    about="What came out of {:,} of the circuits".format,
    html=html,
)
