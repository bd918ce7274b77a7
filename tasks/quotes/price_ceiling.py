"""What a run may cost at most, told before it is opened: nothing is compiled for it.

A price follows from how many circuits of how many shots a plan has, not from their gates. So work
is planned with a program in the place of the compiled one that has its shape and no gates.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from datasets.records.circuits import Circuit
from datasets.records.compiled import CompiledId, CompiledProgram, MeasuredCircuit, Metrics
from datasets.records.devices import DeviceSnapshot
from datasets.records.runs import Run, each
from tasks.backends.targets import is_bought
from tasks.core.money.quotes import Quote
from tasks.core.selection.feasibility import Candidate, impossible
from tasks.core.text.amounts import at_most, exact_usd
from tasks.devices.candidates import candidates, fit, is_auto, targets_for
from tasks.errors import BadInput
from tasks.requests.of_run import request_of
from tasks.requests.run import RunRequest
from tasks.selection.selector import Piece

if TYPE_CHECKING:
    from tasks.context.runtime import Runtime

_NO_METRICS: Final = Metrics(0, 0, 0, 1.0)


def sells(request: RunRequest) -> bool:
    """Whether one of a run's targets charges: a device of an account, or of the sandbox."""
    return any(map(is_bought, each(request.target)))


def most_usd(run: Run, piece: Piece, *, runtime: "Runtime | None") -> Decimal:
    """Return what the run may cost on all its targets, or on the cheapest that it may choose.

    Raises:
        BadInput: no target can do the work.
    """
    quotes = prices(run, piece, runtime=runtime)
    most = [quote.most_usd for quote in quotes.values()]
    if is_auto(request_of(run).target):
        return min(most, default=Decimal(0))
    return sum(most, Decimal(0))


def prices(run: Run, piece: Piece, *, runtime: "Runtime | None") -> Mapping[str, Quote]:
    """Return what the work buys on each target that is named, or that may be chosen."""
    request = request_of(run)
    auto = is_auto(request.target)
    wanted = targets_for(request.target) if auto else run.targets
    journal = runtime.journal if runtime else None
    found, _ = candidates(wanted, journal=journal, named=not auto)
    if auto:
        now, demand = datetime.now(UTC), piece.demand
        fitting = [fit(one, piece.program.circuit, request=request) for one in found]
        found = tuple(one for one in fitting if not impossible(one, demand=demand, now=now))
    return {one.target: price_of(piece, one) for one in found}


def price_of(piece: Piece, candidate: Candidate) -> Quote:
    """Return what the work buys on a target, without compiling it."""
    return piece.pricing(shape_of(piece, candidate.snapshot), candidate)


def check_cap(usd: Decimal, run: Run) -> None:
    """Refuse a run that may cost more than it was allowed to.

    Raises:
        BadInput: so it is; what it may cost, the cap, and what to do.
    """
    request = request_of(run)
    cap = request.max_usd
    if cap is None or usd <= cap:
        return
    where = "" if sells(request) else " on the real device, though nothing here"
    message = (
        f"The run may cost up to {at_most(usd)} USD{where}, and --max-usd allows {exact_usd(cap)}. "
        "Ask for fewer points or shots, choose a cheaper target, or allow more."
    )
    raise BadInput(message)


def shape_of(piece: Piece, snapshot: DeviceSnapshot) -> CompiledProgram:
    """Return what stands for the compiled program in a plan that is only priced."""
    program, n_qubits = piece.program, piece.program.circuit.n_qubits
    labels = tuple(qubit.label for qubit in snapshot.qubits)[:n_qubits]
    empty = Circuit(n_qubits, ())
    return CompiledProgram(
        compiled_id=CompiledId(""),
        program_id=program.program_id,
        calibration_id=snapshot.calibration_id,
        circuit=empty,
        measured=tuple(MeasuredCircuit(basis, empty) for basis in piece.bases),
        layout=labels,
        measured_qubits=labels,
        metrics=_NO_METRICS,
        toolchain=(),
        options=(),
        reason="",
        compile_s=0.0,
    )
