"""Run a flow here and now, with the Prefect server it needs and its progress shown."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from threading import Thread
from typing import Any

from datasets.contracts.checking import warm
from datasets.home import home
from datasets.journal.journal import Journal
from datasets.records.executions import RunId
from datasets.records.runs import RunState, each, named
from deployments.cli.flows_by_name import known, load
from deployments.cli.outliving import outliving
from deployments.cli.progress import showing
from deployments.cli.terminal import say
from deployments.server.ephemeral import EphemeralServer, Server, prefect_server
from tasks.context.runtime import Runtime, open_runtime
from tasks.core.progress.events import emit
from tasks.core.text.shortening import shortened
from tasks.devices.standing import admit, warning
from tasks.execution.losses import has_lost
from tasks.orchestration.task_runners import configured
from tasks.report.html import keep_fonts, write_report
from tasks.report.sweep_plots import told_missing
from tasks.requests.run import RunRequest
from tasks.run.answering import answer_in
from tasks.run.closing import follow_up
from tasks.run.openings import lost_run, restored
from tasks.workloads.batch.result import told_failed

# What the stages import when they need it, the flow's own seconds; here it is the server's time.
HEAVY = (
    "duckdb",
    "pandas",
    "pyarrow.parquet",
    "qiskit.transpiler",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
)


def run_flow(flow: str, parameters: RunRequest, *, run_id: str | None, as_json: bool) -> None:
    """Run the flow and print its result."""
    configured()
    where = home()
    runtime = open_runtime(where)
    _admit(each(parameters.target), journal=runtime.journal)
    keep_fonts(where)
    with prefect_server(where) as server, ExitStack() as shown:
        shown.enter_context(showing(quiet=as_json))
        emit("run.starting", title=_called(flow, parameters), target=named(parameters.target))
        if isinstance(server, EphemeralServer):
            emit("server.starting")

        def answer(ended: RunId) -> None:
            shown.close()
            _tell(flow, completed(ended, runtime=runtime), as_json=as_json)

        with outliving(server, runtime=runtime, answer=answer):
            result = _result(flow, parameters, run_id=run_id, server=server)
        shown.close()
        # Before the server has stopped: nobody needs to wait for that.
        _tell(flow, result, as_json=as_json)


def _tell(flow: str, result: dict[str, Any], *, as_json: bool) -> None:
    for told in (*told_missing(result), *told_failed(result)):
        say(told, err=True)
    say(json.dumps(result) if as_json else known(flow).summary(result))


def _called(flow: str, request: RunRequest) -> str:
    """Return what a run is about in a few words: one thing, the first of several, or the flow."""
    name = known(flow).title
    title: str | Sequence[str] = flow if name == "target" else getattr(request, name)
    return title if isinstance(title, str) else shortened(", ".join(title), 60)


def _admit(targets: Sequence[str], *, journal: Journal) -> None:
    """Refuse devices that no work may go to; warn of those that are degraded."""
    for target in targets:
        standing = admit(target, journal=journal, now=datetime.now(UTC))
        if said := warning(standing):
            say(said, err=True)


def _result(
    flow: str, parameters: RunRequest, *, run_id: str | None, server: Server
) -> dict[str, Any]:
    warm()  # the checks, beside all that comes before the first
    importing = Thread(target=_import_heavy, daemon=True)
    importing.start()
    runnable = load(flow)  # while the server starts
    server.ready()
    importing.join()
    from prefect.context import SyncClientContext

    # Without a client that is open already each task would make its own, 28 ms of TLS context.
    with SyncClientContext.get_or_create():
        result: dict[str, Any] = asyncio.run(runnable(parameters, run_id=run_id))
    return result


def _import_heavy() -> None:
    for name in HEAVY:
        import_module(name)


def resume_run(run: str, *, mix_calibrations: bool, max_usd: Decimal | None, as_json: bool) -> None:
    """Go on with a run where it stopped; a completed one is shown again, and made whole.

    `max_usd` is what it may spend in all from now on, in the place of what it was allowed.
    """
    runtime = open_runtime(home())
    if lost := lost_run(run, runtime=runtime):
        restored(lost, runtime=runtime)
    found = runtime.journal.run(run)
    flow = known(found.flow)
    runtime.lake.check()
    done = found.state is RunState.COMPLETED and found.result
    if done and not has_lost(found.run_id, runtime=runtime):
        _tell(found.flow, completed(found.run_id, runtime=runtime), as_json=as_json)
        return
    parameters = flow.parameters.model_validate_json(found.parameters)
    changed: dict[str, Any] = {"mix_calibrations": True} if mix_calibrations else {}
    changed |= {} if max_usd is None else {"max_usd": max_usd}
    parameters = parameters.model_copy(update=changed)
    run_flow(found.flow, parameters, run_id=found.run_id, as_json=as_json)


def completed(run_id: RunId, *, runtime: Runtime) -> dict[str, Any]:
    """Return the result of a completed run, after what follows from it was made sure of."""
    run = runtime.journal.run(run_id)
    follow_up(run_id, runtime=runtime)
    if known(run.flow).reports:
        write_report(run_id, runtime=runtime)
    return answer_in(runtime.home, run) or {}
