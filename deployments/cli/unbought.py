"""From a flow's parameters to what it would buy: a run that nobody has begun."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from pydantic import BaseModel

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
from tasks.lifecycle.runtime import Runtime
from tasks.lifecycle.selecting import Piece
from tasks.lifecycle.sweep_inputs import inputs_of
from tasks.lifecycle.unbought import Unbought


@contextmanager
def asked_piece(
    flow: str, parameters: BaseModel, *, runtime: Runtime
) -> Iterator[tuple[Run, Piece]]:
    """Yield the run as it would begin now, with its work; its inputs are kept until the end.

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


def _piece(parameters: BaseModel, unbought: Unbought, *, folder: Path) -> Piece:
    match parameters:
        case VqeParameters():
            loaded, seed = load(parameters.problem), parameters.seed
            found = prepared(loaded, kind=parameters.ansatz, layers=parameters.layers, seed=seed)
            return unbought.search(found, parameters.search(found.start))
        case SweepParameters():
            inputs = inputs_of(unbought.run.asked, folder=folder)
            return unbought.sweep(inputs, readout_shots=parameters.readout_shots)
        case BatchParameters():
            circuits = batch_inputs(unbought.run.asked, folder=folder)
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
