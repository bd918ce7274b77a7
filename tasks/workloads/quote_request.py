"""From a request to what it would buy: a run that nobody has begun."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from datasets.home import home
from datasets.problems.catalogue import load
from datasets.problems.graph_catalogue import load_graph
from datasets.records.executions import RunId
from datasets.records.runs import Run, named
from tasks.context.pins import Aside
from tasks.core.identity import canonical
from tasks.errors import UnknownName
from tasks.program.experiment import Search, prepared, prepared_cut
from tasks.quotes.price_ceiling import check_cap, most_usd
from tasks.requests.batch import BatchRequest
from tasks.requests.canary import CanaryRequest
from tasks.requests.run import RunRequest
from tasks.requests.search import QaoaRequest, VqeRequest
from tasks.requests.sweep import SweepRequest
from tasks.selection.selector import Piece
from tasks.workloads.batch.inputs import batch_inputs
from tasks.workloads.sweep.inputs import inputs_of
from tasks.workloads.unbought import Unbought

if TYPE_CHECKING:
    from tasks.context.runtime import Runtime


@contextmanager
def asked_piece(
    flow: str, request: RunRequest, *, runtime: "Runtime | None"
) -> Iterator[tuple[Run, Piece]]:
    """Yield the run as it would begin now, with its work; its inputs are kept until the end.

    Without a runtime it is as in a home that is not there yet.

    Raises:
        UnknownName: the flow buys nothing that could be quoted.
    """
    run = Run(
        run_id=RunId(str(uuid4())),
        flow=flow,
        tenant=request.tenant,
        target=named(request.target),
        seed=request.seed,
        parameters=canonical(request.model_dump()).decode(),
        started_at=datetime.now(UTC),
    )
    with tempfile.TemporaryDirectory() as folder:
        yield run, _piece(request, Unbought(run, runtime), folder=Path(folder))


def check_affordable(flow: str, request: RunRequest) -> None:
    """Refuse a run that may cost more than it is allowed to, before it is opened.

    Raises:
        BadInput: so it is; what it may cost, the cap, and what to do.
    """
    if request.max_usd is None:
        return
    runtime = runtime_if_any()
    with asked_piece(flow, request, runtime=runtime) as (run, piece):
        check_cap(most_usd(run, piece, runtime=runtime), run)


def ceiling_usd(flow: str, request: RunRequest) -> Decimal:
    """Return what a run may cost at most, on all its targets."""
    runtime = runtime_if_any()
    with asked_piece(flow, request, runtime=runtime) as (run, piece):
        return most_usd(run, piece, runtime=runtime)


def runtime_if_any() -> "Runtime | None":
    """Return the home, if there is one with a journal; none is made."""
    where = home()
    there = not isinstance(where.journal, Path) or where.journal.exists()
    if not there:
        return None
    from tasks.context.runtime import open_runtime

    return open_runtime(where)


def _piece(request: RunRequest, unbought: Unbought, *, folder: Path) -> Piece:
    match request:
        case VqeRequest():
            loaded, seed = load(request.problem), request.seed
            found = prepared(loaded, kind=request.ansatz, layers=request.layers, seed=seed)
            return unbought.search(found, Search.of(request, start=found.start))
        case SweepRequest():
            inputs = inputs_of(request, keep=Aside(folder))
            return unbought.sweep(inputs, readout_shots=request.readout_shots)
        case BatchRequest():
            circuits = batch_inputs(request, keep=Aside(folder))
            return unbought.batch(circuits, readout_shots=request.readout_shots)
        case CanaryRequest():
            return unbought.canary(request)
        case QaoaRequest():
            found = prepared_cut(load_graph(request.graph), layers=request.layers)
            return unbought.search(found, Search.of(request, start=found.start))
        case _:
            kind = "flow with a quote"
            known = ("vqe", "sweep", "batch", "canary", "qaoa")
            raise UnknownName(kind, unbought.run.flow, known)
