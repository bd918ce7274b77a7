"""Find a ground state energy with a variational loop on a noisy device."""

from typing import Any

from datasets.records.runs import Run
from tasks.orchestration.run_flow import run_flow
from tasks.orchestration.search import search
from tasks.requests.search import VqeRequest
from tasks.stages.run import close_run, report
from tasks.stages.search import prepare
from tasks.workloads.checks import check_vqe
from tasks.workloads.search.result import plain


@run_flow(
    VqeRequest,
    check=check_vqe,
    description="The ground state energy of a problem, by a variational loop.",
    called="{parameters.problem} on {parameters.target}",
)
def vqe(run: Run, request: VqeRequest) -> dict[str, Any]:
    """Compile once for the device, minimise the energy, then estimate it with all mitigation."""
    prepared = prepare(run, problem=request.problem, ansatz=request.ansatz, layers=request.layers)
    answer = plain(search(run, request=request, prepared=prepared).result)
    close_run(run, result=answer)
    report(run.run_id)
    return answer
