"""What the Prefect UI shows of a run that has ended: a page with pictures, and a table."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from datasets.records.devices import DeviceKind
from datasets.records.executions import RunId
from datasets.records.runs import Run
from datasets.views import query
from tasks.core.reports.device_map import device_map
from tasks.core.reports.figures import convergence, histogram
from tasks.core.reports.page import cut_convergence
from tasks.lifecycle import batch_shown
from tasks.lifecycle.cut_plots import OUTCOME, cut_rows, expected_cuts
from tasks.lifecycle.report import (
    MAX_PLOTS,
    MAX_PLOTTED,
    Plots,
    pairs,
    result_of,
    title,
    told_missing,
    values_of,
)
from tasks.lifecycle.runtime import Runtime

MAX_ROWS: Final = 200  # points in the table
MAX_PICTURES_BYTES: Final = 400_000  # a page of more is slow to open; the report has the rest
_MAX_OUTCOMES: Final = 16
# Of the last execution, where a loop has its optimum: its first point, in Z as far as it goes.
_COUNTS: Final = """WITH last AS (SELECT execution_id FROM executions WHERE run_id = '{run_id}'
        ORDER BY created_at DESC, execution_id LIMIT 1),
    here AS (SELECT * FROM counts WHERE run_id = '{run_id}' AND variant = 'raw'
        AND execution_id = (SELECT execution_id FROM last))
    SELECT point, basis, bitstring, sum(count)::BIGINT AS shots FROM here
    WHERE point = (SELECT min(point) FROM here) AND basis = (SELECT max(basis) FROM here)
    GROUP BY ALL ORDER BY shots DESC, bitstring LIMIT {most}"""
# To be copied.
_VALUES: Final = (
    "SELECT parameters, observable, target, value, stderr FROM estimates\n"
    "  WHERE experiment_id = '{experiment_id}' ORDER BY ALL"
)
_ITERATIONS: Final = (
    "SELECT iteration, value, stderr FROM iterations\n"
    "  WHERE run_id = '{run_id}' ORDER BY iteration"
)
_OUTCOMES: Final = (
    "SELECT bitstring, sum(count)::BIGINT AS shots\n"
    "  FROM counts JOIN executions USING (execution_id)\n"
    "  WHERE counts.run_id = '{run_id}' AND purpose = 'estimate' AND variant = 'raw'\n"
    "  GROUP BY ALL ORDER BY shots DESC LIMIT 20"
)


def page(run_id: RunId, *, runtime: Runtime, plots: Plots) -> str:
    """Return what the run found, with its pictures and the ways to the rest, as Markdown."""
    run = runtime.journal.run(run_id)
    result = result_of(run)
    found = _FOUND[run.flow](result)
    drawn = (*plots, *_pictures(run, result, runtime=runtime))
    return "\n\n".join((*found, *_shown(drawn), *_ways(run, result))) + "\n"


def table(run_id: RunId, *, runtime: Runtime) -> list[dict[str, Any]]:
    """Return the table's rows, up to `MAX_ROWS`: of a sweep's points, of circuits, or of cuts."""
    run = runtime.journal.run(run_id)
    if run.flow not in {"sweep", "batch", "qaoa"}:
        return []
    result = result_of(run)
    if run.flow == "batch":
        return batch_shown.rows(result, most=MAX_ROWS)
    if run.flow == "qaoa":
        return cut_rows(run, runtime=runtime, most=MAX_ROWS)
    found = values_of(run, runtime=runtime).sample(most=MAX_ROWS)
    rows: dict[tuple[float, ...], dict[str, Any]] = {}
    for name, target in pairs(result)[:MAX_PLOTS]:
        for point, value, stderr in found[name, target]:
            at = [round(number, 6) for number in point]
            row = rows.setdefault(tuple(point), dict(zip(result["parameters"], at, strict=True)))
            row[title(name, target, result)] = f"{value:+.4f} ± {stderr:.4f}"
    return list(rows.values())


def about(rows: Sequence[Mapping[str, Any]]) -> str:
    """Say what the rows of a table are."""
    if OUTCOME in rows[0]:
        return f"The {len(rows):,} most frequent outcomes, and what they cut"
    if batch_shown.CIRCUIT in rows[0]:
        return f"What came out of {len(rows):,} of the circuits"
    return f"Values at {len(rows):,} of the points"


def _sweep(result: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {result['circuit']} on {result['target']}"
    yield _table(
        ("observable", "least", "most", "standard error"),
        [
            (
                f"`{title(each['observable'], each['target'], result)}`",
                f"{each['least']:+.4f}",
                f"{each['most']:+.4f}",
                f"{each['stderr']:.4f}",
            )
            for each in result["observables"]
        ],
    )
    yield from told_missing(result)
    yield f"{result['points']:,} points, {_cost(result)}"


def _vqe(result: Mapping[str, Any]) -> Iterator[str]:
    exact = result["exact_energy"]
    yield f"# {result['problem']} on {result['target']}"
    yield _table(
        ("", "energy / hartree"),
        [
            ("mitigated", f"{result['energy']:.5f} ± {result['stderr']:.5f}"),
            ("raw", f"{result['raw_energy']:.5f} ± {result['raw_stderr']:.5f}"),
            ("exact", "not known" if exact is None else f"{exact:.5f}"),
        ],
    )
    yield f"{result['iterations']:,} iterations, {_cost(result)} {result['reason']}"


def _batch(result: Mapping[str, Any]) -> Iterator[str]:
    yield from batch_shown.head(result)
    yield _cost(result)


def _qaoa(result: Mapping[str, Any]) -> Iterator[str]:
    most = result["max_cut"]
    yield f"# {result['graph']} on {result['target']}"
    yield _table(
        ("", "cut", "of the maximum"),
        [
            (
                "expected, mitigated",
                f"{result['expected_cut']:.4f} ± {result['stderr']:.4f}",
                _share(result["approximation_ratio"]),
            ),
            (
                "expected, raw",
                f"{result['raw_expected_cut']:.4f} ± {result['raw_stderr']:.4f}",
                _share(result["raw_approximation_ratio"]),
            ),
            (
                f"best seen, `{result['best_bitstring']}`",
                f"{result['best_cut']:g}",
                _share(result["best_cut"] / most if most else None),
            ),
            ("maximum", "not known" if most is None else f"{most:g}", ""),
        ],
    )
    yield f"{result['iterations']:,} iterations, {_cost(result)} {result['reason']}"


def _share(ratio: float | None) -> str:
    return "not known" if ratio is None else f"{ratio:.4f}"


_FOUND: Final = {"vqe": _vqe, "sweep": _sweep, "batch": _batch, "qaoa": _qaoa}


def _cost(result: Mapping[str, Any]) -> str:
    return f"{result['shots']:,} shots, {result['cost_usd']:.2f} USD at published prices."


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _pictures(
    run: Run, result: Mapping[str, Any], *, runtime: Runtime
) -> Iterator[tuple[str, str]]:
    """Yield what a run has besides the plots of its values: how it went, counts, the device."""
    if run.flow == "vqe":
        energies = [each.energies[0] for each in runtime.journal.iterations(run.run_id)]
        final = (result["energy"], result["stderr"])
        values, stderrs = zip(*energies, strict=True)
        yield "convergence", convergence(values, stderrs, exact=result["exact_energy"], final=final)
    if run.flow == "qaoa":
        yield "convergence", cut_convergence(result, *expected_cuts(run, runtime=runtime))
    elif run.flow != "batch" and result["points"] <= MAX_PLOTTED:
        yield from _histogram(run, runtime=runtime)
    used = {on["target"]: on.get("qubits", ()) for on in result.get("targets", [result])}
    for here in run.apart:
        snapshot = runtime.published(here)
        if snapshot.kind is not DeviceKind.SIMULATOR:
            outlined = used.get(here.target, ())
            yield f"map of {here.target}", device_map(snapshot, outlined=outlined)


def _histogram(run: Run, *, runtime: Runtime) -> Iterator[tuple[str, str]]:
    sql = _COUNTS.format(run_id=run.run_id, most=_MAX_OUTCOMES)
    rows = query(runtime.home.lake, sql).records()
    if rows:
        place = "the optimum" if run.flow == "vqe" else f"point {rows[0]['point'] + 1}"
        name = f"counts at {place}, measured in {rows[0]['basis']}"
        seen = {row["bitstring"]: row["shots"] for row in rows}
        yield name, histogram(seen, title=name)


def _shown(drawn: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield pictures, as many as a page can bear, each with its name."""
    room = MAX_PICTURES_BYTES
    for name, svg in drawn:
        text = b64encode(svg.encode()).decode()
        room -= len(text)
        if room < 0:
            yield "More pictures are in the report."
            return
        yield f"![{name}](data:image/svg+xml;base64,{text})"


def _ways(run: Run, result: Mapping[str, Any]) -> Iterator[str]:
    """Yield where the rest is, to be copied."""
    yield "## Where the rest is"
    yield f"The report, a file where the run was: `{result['report']}`"
    yield f'```sh\nqrt show {run.run_id}\nqrt query "{_sql(run, result)}"\n```'


def _sql(run: Run, result: Mapping[str, Any]) -> str:
    if run.flow == "batch":
        return batch_shown.traced(run.run_id)
    if run.flow == "sweep":
        return _VALUES.format(experiment_id=result["experiment_id"])
    return (_OUTCOMES if run.flow == "qaoa" else _ITERATIONS).format(run_id=run.run_id)
