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
from tasks.lifecycle.shown import about, page, table


@task(name="report", cache_policy=NO_CACHE)
def report(run_id: RunId) -> Path:
    """Render the run as one HTML file, and as an artifact of the flow run."""
    runtime = open_runtime(home())
    plots = plots_of(run_id, runtime=runtime)
    path = write_report(run_id, runtime=runtime, plots=plots)
    told = page(run_id, runtime=runtime, plots=plots)
    create_markdown_artifact(told, key="result", description="What the run found")
    if rows := table(run_id, runtime=runtime):
        create_table_artifact(rows, key="values", description=about(rows))
    emit("report.written", path=str(path))
    return path
