"""Run a flow here and now, with the Prefect server it needs and its progress shown."""

import asyncio
import json
import threading
from typing import Any

import typer
from pydantic import ValidationError

from datasets.layout import home
from datasets.records.runs import RunState
from deployments.cli.progress import showing
from deployments.cli.summary import vqe_summary
from deployments.server.ephemeral import EphemeralServer, prefect_server
from flows.parameters import VqeParameters
from tasks.core.events import emit
from tasks.errors import BadInput
from tasks.lifecycle.checks import check_vqe
from tasks.lifecycle.closing import follow_up
from tasks.lifecycle.options import options_in
from tasks.lifecycle.report import write_report
from tasks.lifecycle.runtime import open_runtime

CHECKED = {
    "problem",
    "target",
    "ansatz",
    "layers",
    "optimizer",
    "mitigate",
    "shots",
    "final_shots",
}


def validated(**values: Any) -> VqeParameters:
    """Return the parameters of a vqe run.

    Raises:
        BadInput: one of them is out of its range, in one line.
    """
    try:
        parameters = VqeParameters(**values)
    except ValidationError as error:
        raise BadInput(_one_line(error)) from None
    options = options_in(parameters.model_dump())
    check_vqe(**parameters.model_dump(include=CHECKED), options=options)
    return parameters


def run_vqe(parameters: VqeParameters, *, run_id: str | None, as_json: bool) -> None:
    """Run the flow and print its result."""
    where = home()
    open_runtime(where)
    with prefect_server(where) as server:
        with showing(quiet=as_json):
            emit("run.starting", problem=parameters.problem, target=parameters.target)
            result = _flow_result(parameters, run_id=run_id, server=server)
        # Before the server has stopped: nobody needs to wait for that.
        typer.echo(json.dumps(result) if as_json else vqe_summary(result))


def _flow_result(
    parameters: VqeParameters, *, run_id: str | None, server: EphemeralServer | None
) -> dict[str, Any]:
    from flows.vqe import vqe  # while the server starts

    if server:
        server.ready()
    threading.Thread(target=_warm, daemon=True).start()
    return asyncio.run(vqe(parameters, run_id=run_id))


def _warm() -> None:
    """Pay for what the run needs later while it does something else."""
    from datasets.contracts.checking import warm as warm_contracts
    from tasks.backends.simulation import warm as warm_kernels

    warm_kernels()
    warm_contracts()


def _one_line(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "parameters"
    return f"--{name.replace('_', '-')} {first['input']!r}: {first['msg'].lower()}."


def resume_run(run: str, *, mix_calibrations: bool, as_json: bool) -> None:
    """Go on with a run from its last completed iteration; a completed one is shown again."""
    runtime = open_runtime(home())
    found = runtime.journal.run(run)
    if found.state is RunState.COMPLETED and found.result:
        follow_up(found.run_id, runtime=runtime)
        write_report(found.run_id, runtime=runtime)
        typer.echo(found.result if as_json else vqe_summary(json.loads(found.result)))
        return
    parameters = VqeParameters.model_validate_json(found.parameters)
    if mix_calibrations:
        parameters = parameters.model_copy(update={"mix_calibrations": True})
    run_vqe(parameters, run_id=found.run_id, as_json=as_json)
