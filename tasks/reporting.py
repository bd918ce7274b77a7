"""Write the report that people read, and the short form for the Prefect UI."""

from pathlib import Path

from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.executions import RunId
from tasks.core.events import emit
from tasks.lifecycle.report import plots_of, write_report
from tasks.lifecycle.runtime import open_runtime
from tasks.lifecycle.shown import page, table
from tasks.lifecycle.shown_parts import Ended, Plots


@task(name="report", cache_policy=NO_CACHE)
def report(run_id: RunId) -> Path:
    """Render the run as one HTML file, and as an artifact of the flow run."""
    runtime = open_runtime(home())
    ended = Ended.of(run_id, runtime=runtime)
    plots = plots_of(ended)
    path = write_report(run_id, runtime=runtime, plots=plots)
    emit("report.written", path=str(path))
    _show(ended, plots=plots)
    return path


@task(name="tell", cache_policy=NO_CACHE)
def tell(run_id: RunId) -> None:
    """Render a run that has no report as an artifact of the flow run."""
    _show(Ended.of(run_id, runtime=open_runtime(home())), plots=())


def _show(ended: Ended, *, plots: Plots) -> None:
    told = page(ended, plots=plots)
    create_markdown_artifact(told, key="result", description="What the run found")
    rows, what = table(ended)
    if rows:
        create_table_artifact(rows, key="values", description=what)
