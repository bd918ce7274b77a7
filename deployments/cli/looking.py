"""Look at runs and at their data; nothing here starts a server or imports a simulator."""

import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from datasets.home import home
from deployments.cli.terminal import say
from tasks.errors import BadInput

if TYPE_CHECKING:
    from datasets.records.runs import Run
    from tasks.context.runtime import Runtime

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_ARN: Final = re.compile(r"arn:\S*/")  # all of a device's address but its name
RunArgument = Annotated[str, typer.Argument(help="A run's id, or the beginning of it.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (runs, show, report, query, verify):
        app.command()(command)


def runs(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 20,
    as_json: Json = False,
) -> None:
    """List the runs, newest first; before them those that the journal has lost."""
    from deployments.cli.standing import standing
    from tasks.context.runtime import open_runtime
    from tasks.run.openings import lost_runs

    runtime = open_runtime(home())
    strays = tuple(lost_runs(runtime))[:limit]
    found = (*strays, *runtime.journal.runs(limit=limit))[:limit]
    rows = [
        {
            "run_id": run.run_id,
            "flow": run.flow,
            "state": standing(run, runtime),
            "started_at": run.started_at.isoformat(),
            "target": run.target,
            "cost_usd": None if run.cost_usd is None else float(run.cost_usd),
            "what_if_usd": None if run.what_if_usd is None else float(run.what_if_usd),
            "in_journal": run not in strays,
        }
        for run in found
    ]
    if as_json:
        say(json.dumps(rows))
    elif not rows:
        say("No runs yet. `qrt vqe` starts one.")
    else:
        for line in _listed(rows):
            say(line)
        if strays:
            say(
                f"The journal has lost the first {len(strays)}: `qrt reconcile`, then `qrt resume`."
            )
        say(_total(rows))


def _listed(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a head and a line a run, which fit on 80 columns; what was charged stands apart."""
    from tasks.core.text.amounts import usd

    form = "{:<8} {:<9} {:<11} {:<16} {:<15.15} {:>8} {:>7}"
    yield form.format("run", "flow", "state", "started", "target", "charged", "what if")
    for row in rows:
        began = str(row["started_at"])[:16].replace("T", " ")
        charged = "" if row["cost_usd"] is None else usd(row["cost_usd"])
        what_if = usd(row["what_if_usd"]) if row["what_if_usd"] else ""
        run, target = str(row["run_id"])[:8], _ARN.sub("", str(row["target"]))
        line = form.format(run, row["flow"], row["state"], began, target, charged, what_if)
        yield line.rstrip()


def _total(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what the listed runs were charged together."""
    from tasks.core.text.amounts import usd

    charged, what_if = (
        usd(sum(Decimal(str(row[name] or 0)) for row in rows))
        for name in ("cost_usd", "what_if_usd")
    )
    return f"charged {charged} USD; what if, where nobody charges: {what_if} USD"


def show(run: RunArgument, as_json: Json = False) -> None:
    """Show one run: what was asked, how it stands, what it found."""
    from deployments.cli.flows_by_name import known
    from deployments.cli.naming import named_run
    from deployments.cli.standing import standing, unfinished_lines, work_line
    from tasks.context.runtime import open_runtime
    from tasks.run.answering import answer_in

    runtime = open_runtime(home())
    journal = runtime.journal
    found = named_run(run, runtime=runtime)
    if as_json:
        say(json.dumps(_shown(found, runtime)))
        return
    executions, result = journal.executions(found.run_id), answer_in(runtime.home, found)
    say(f"run {found.run_id}: {found.flow}, {standing(found, runtime)} on {found.target}")
    if found.failure:
        say(f"failed: {found.failure}")
    say(work_line(executions, iterations=len(journal.iterations(found.run_id))))
    if result:
        say(known(found.flow).summary(result))
    else:
        for line in unfinished_lines(found, executions, runtime=runtime):
            say(line)


def _shown(run: "Run", runtime: "Runtime") -> dict[str, Any]:
    from deployments.cli.standing import quoted, standing, worker
    from tasks.run.answering import answer_in

    return {
        "run_id": run.run_id,
        "flow": run.flow,
        "state": standing(run, runtime),
        "target": run.target,
        "worker": worker(run, runtime),
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at and run.ended_at.isoformat(),
        "failure": run.failure,
        "parameters": json.loads(run.parameters),
        "executions": len(runtime.journal.executions(run.run_id)),
        "iterations": len(runtime.journal.iterations(run.run_id)),
        "quote": quoted(run, runtime),
        "result": answer_in(runtime.home, run),
    }


def report(run: RunArgument) -> None:
    """Write a run's HTML report again and print its path."""
    from deployments.cli.naming import named_run
    from tasks.context.runtime import open_runtime
    from tasks.report.html import write_report

    runtime = open_runtime(home())
    say(write_report(named_run(run, runtime=runtime).run_id, runtime=runtime))


def query(
    sql: Annotated[list[str], typer.Argument(help="One SELECT over the lake's tables, quoted.")],
    as_json: Json = False,
) -> None:
    """Ask the lake in SQL: qrt query "SELECT * FROM runs"."""
    if len(sql) > 1:
        message = (
            f"The shell has cut this into {len(sql)} words, and put file names in the place of "
            "a *. Quote the SQL, as in `qrt query --help`."
        )
        raise BadInput(message)
    from datasets.lake.views import query as ask
    from datasets.lake.views import to_plain

    found = ask(home().lake, sql[0])
    rows = [dict(zip(found.columns, map(to_plain, row), strict=True)) for row in found.rows]
    if as_json:
        say(json.dumps(rows))
    else:
        _table(found.columns, rows)


def verify(as_json: Json = False) -> None:
    """Read every file of the lake again, and hold its tables and the journal against each other."""
    from datasets.lake.consistency import inconsistencies
    from tasks.context.runtime import open_runtime
    from tasks.core.text.amounts import counted
    from tasks.execution.losses import losses

    runtime = open_runtime(home())
    faults = runtime.lake.verify()
    problems = [(str(one.path), one.text) for one in faults]
    told = {one.fault for one in faults}
    if not told & {"damaged", "missing", "version"}:
        problems += [(one.subject, one.text) for one in inconsistencies(runtime.home.lake)]
    if not told & {"damaged", "version"}:  # tables that cannot be read answer nothing
        problems += [(f"run {loss.run_id}", loss.text) for loss in losses(runtime)]
    if as_json:
        say(json.dumps([{"path": path, "problem": text} for path, text in problems]))
    else:
        for path, text in problems:
            say(f"{path}: {text}")
        say(f"{counted(len(problems), 'problem')}." if problems else "The lake is sound.")
    if problems:
        raise typer.Exit(1)


def _table(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """Print a table, or a record a row where a table would be wider than the terminal."""
    cells = [["" if value is None else str(value) for value in row.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    if sys.stdout.isatty() and sum(widths) + 2 * len(widths) > shutil.get_terminal_size().columns:
        margin = max(map(len, columns))
        for record in cells:
            pairs = zip(columns, record, strict=True)
            say("\n".join(f"{n:>{margin}}  {v}" for n, v in pairs))
            say()
        return
    for row in (columns, ["-" * width for width in widths], *cells):
        say("  ".join(f"{v:<{w}}" for v, w in zip(row, widths, strict=True)).rstrip())
