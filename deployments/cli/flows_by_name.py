"""What the command line knows of each flow: its parameters, its check, its summary."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from deployments.cli.summary import (
    batch_summary,
    canary_summary,
    cut_summary,
    sweep_summary,
    vqe_summary,
)
from tasks.errors import UnknownName
from tasks.requests.batch import BatchRequest
from tasks.requests.canary import CanaryRequest
from tasks.requests.run import RunRequest
from tasks.requests.search import QaoaRequest, VqeRequest
from tasks.requests.sweep import SweepRequest
from tasks.workloads.checks import check_batch, check_canary, check_qaoa, check_sweep, check_vqe


@dataclass(frozen=True, slots=True)
class Known:
    """One flow as the command line sees it; `title` is the parameter that names a run.

    `reports` says whether a run of it has a report.
    """

    parameters: type[RunRequest]
    check: Callable[[Any], None]
    summary: Callable[[Mapping[str, Any]], str]
    title: str
    reports: bool = True


FLOWS: Mapping[str, Known] = {
    "vqe": Known(VqeRequest, check_vqe, vqe_summary, "problem"),
    "sweep": Known(SweepRequest, check_sweep, sweep_summary, "circuit"),
    "batch": Known(BatchRequest, check_batch, batch_summary, "circuits"),
    "canary": Known(CanaryRequest, check_canary, canary_summary, "target", reports=False),
    "qaoa": Known(QaoaRequest, check_qaoa, cut_summary, "graph"),
}


def known(name: str) -> Known:
    """Return a flow.

    Raises:
        UnknownName: there is none of that name, such as one of a newer release.
    """
    if name not in FLOWS:
        kind = "flow"
        raise UnknownName(kind, name, FLOWS)
    return FLOWS[name]


def load(name: str) -> Callable[..., Any]:
    """Import a flow, which imports Prefect; its module has its name."""
    runnable: Callable[..., Any] = getattr(import_module(f"flows.{name}"), name)
    return runnable
