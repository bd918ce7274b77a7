"""From a flow's parameters to what it would buy: a run that nobody has begun."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import BaseModel

from datasets.layout import home
from datasets.problems.catalogue import load
from datasets.problems.graph_catalogue import load_graph
from datasets.records.executions import RunId
from datasets.records.runs import Run, named
from flows.batch_parameters import BatchParameters
from flows.parameters import CanaryParameters, SweepParameters
from flows.search_parameters import QaoaParameters, VqeParameters
from tasks.core.identity import canonical
from tasks.errors import UnknownName
from tasks.lifecycle.batch_inputs import batch_inputs
from tasks.lifecycle.experiment import prepared, prepared_cut
from tasks.lifecycle.pins import Aside
from tasks.lifecycle.price_ceiling import check_cap, most_usd
from tasks.lifecycle.selecting import Piece
from tasks.lifecycle.sweep_inputs import inputs_of
from tasks.lifecycle.unbought import Unbought

if TYPE_CHECKING:
    from tasks.lifecycle.runtime import Runtime


@contextmanager
def asked_piece(
    flow: str, parameters: BaseModel, *, runtime: "Runtime | None"
) -> Iterator[tuple[Run, Piece]]:
    """Yield the run as it would begin now, with its work; its inputs are kept until the end.

    Without a runtime it is as in a home that is not there yet.

    Raises:
        UnknownName: the flow buys nothing that could be quoted.
    """
    asked = parameters.model_dump()
    run = Run(
        run_id=RunId(str(uuid4())),
        flow=flow,
        tenant=asked["tenant"],
        target=named(asked["target"]),
        seed=asked["seed"],
        parameters=canonical(asked).decode(),
        started_at=datetime.now(UTC),
    )
    with tempfile.TemporaryDirectory() as folder:
        yield run, _piece(parameters, Unbought(run, runtime), folder=Path(folder))


def check_affordable(flow: str, parameters: BaseModel) -> None:
    """Refuse a run that may cost more than it is allowed to, before it is opened.

    Raises:
        BadInput: so it is; what it may cost, the cap, and what to do.
    """
    if parameters.model_dump()["max_usd"] is None:
        return
    runtime = runtime_if_any()
    with asked_piece(flow, parameters, runtime=runtime) as (run, piece):
        check_cap(most_usd(run, piece, runtime=runtime), run)


def ceiling_usd(flow: str, parameters: BaseModel) -> Decimal:
    """Return what a run may cost at most, on all its targets."""
    runtime = runtime_if_any()
    with asked_piece(flow, parameters, runtime=runtime) as (run, piece):
        return most_usd(run, piece, runtime=runtime)


def runtime_if_any() -> "Runtime | None":
    """Return the home, if there is one with a journal; none is made."""
    where = home()
    there = not isinstance(where.journal, Path) or where.journal.exists()
    if not there:
        return None
    from tasks.lifecycle.runtime import open_runtime

    return open_runtime(where)


def _piece(parameters: BaseModel, unbought: Unbought, *, folder: Path) -> Piece:
    match parameters:
        case VqeParameters():
            loaded, seed = load(parameters.problem), parameters.seed
            found = prepared(loaded, kind=parameters.ansatz, layers=parameters.layers, seed=seed)
            return unbought.search(found, parameters.search(found.start))
        case SweepParameters():
            inputs = inputs_of(unbought.run.asked, keep=Aside(folder))
            return unbought.sweep(inputs, readout_shots=parameters.readout_shots)
        case BatchParameters():
            circuits = batch_inputs(unbought.run.asked, keep=Aside(folder))
            return unbought.batch(circuits, readout_shots=parameters.readout_shots)
        case CanaryParameters():
            return unbought.canary(parameters.qubits)
        case QaoaParameters():
            found = prepared_cut(load_graph(parameters.graph), layers=parameters.layers)
            return unbought.search(found, parameters.search(found.start))
        case _:
            kind = "flow with a quote"
            known = ("vqe", "sweep", "batch", "canary", "qaoa")
            raise UnknownName(kind, unbought.run.flow, known)
