"""Find a large cut of a graph with the quantum approximate optimisation algorithm."""

from typing import Any

from datasets.records.runs import Run
from tasks.orchestration.run_flow import run_flow
from tasks.orchestration.search import search
from tasks.requests.search import QaoaRequest
from tasks.stages.run import close_run, report
from tasks.stages.search import prepare_cut, summarise_cut
from tasks.workloads.checks import check_qaoa


@run_flow(
    QaoaRequest,
    check=check_qaoa,
    description="A large cut of a graph, by the quantum approximate optimisation algorithm.",
    called="{parameters.graph} on {parameters.target}",
)
def qaoa(run: Run, request: QaoaRequest) -> dict[str, Any]:
    """Compile once for the device, maximise the expected cut, then sample it and take the best."""
    prepared = prepare_cut(run, graph=request.graph, layers=request.layers)
    found = search(run, request=request, prepared=prepared)
    answer = summarise_cut(found.result, run=run, graph=request.graph, collected=found.collected)
    close_run(run, result=answer)
    report(run.run_id)
    return answer
