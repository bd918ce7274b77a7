"""What a run may cost at most, told before it is opened: nothing is compiled for it.

A price follows from how many circuits of how many shots a plan has, not from their gates. So work
is planned with a program in the place of the compiled one that has its shape and no gates.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from datasets.records.circuits import Circuit
from datasets.records.compiled import CompiledId, CompiledProgram, MeasuredCircuit, Metrics
from datasets.records.devices import DeviceSnapshot
from datasets.records.runs import Run
from tasks.backends.braket_devices import is_braket
from tasks.core.amounts import at_most, exact_usd
from tasks.core.feasibility import Candidate, impossible
from tasks.core.quotes import Quote
from tasks.errors import BadInput
from tasks.lifecycle.candidates import candidates, fit, is_auto, targets_for
from tasks.lifecycle.options import cap_of
from tasks.lifecycle.selecting import Piece

if TYPE_CHECKING:
    from tasks.lifecycle.runtime import Runtime

_NO_METRICS: Final = Metrics(0, 0, 0, 1.0)


def sells(asked: Mapping[str, Any]) -> bool:
    """Whether one of a run's targets charges: a device of an account, or of the sandbox."""
    target = asked["target"]
    return any(map(is_braket, [target] if isinstance(target, str) else target))


def most_usd(run: Run, piece: Piece, *, runtime: "Runtime | None") -> Decimal:
    """Return what the run may cost on all its targets, or on the cheapest that it may choose.

    Raises:
        BadInput: no target can do the work.
    """
    quotes = prices(run, piece, runtime=runtime)
    each = [quote.most_usd for quote in quotes.values()]
    if is_auto(run.asked["target"]):
        return min(each, default=Decimal(0))
    return sum(each, Decimal(0))


def prices(run: Run, piece: Piece, *, runtime: "Runtime | None") -> Mapping[str, Quote]:
    """Return what the work buys on each target that is named, or that may be chosen."""
    auto = is_auto(run.asked["target"])
    wanted = targets_for(account=sells(run.asked)) if auto else run.targets
    journal = runtime.journal if runtime else None
    found, _ = candidates(wanted, journal=journal, named=not auto)
    if auto:
        now, asked, demand = datetime.now(UTC), run.asked, piece.demand
        fitting = [fit(each, piece.program.circuit, asked=asked) for each in found]
        found = tuple(each for each in fitting if not impossible(each, demand=demand, now=now))
    return {each.target: price_of(piece, each) for each in found}


def price_of(piece: Piece, candidate: Candidate) -> Quote:
    """Return what the work buys on a target, without compiling it."""
    return piece.pricing(shape_of(piece, candidate.snapshot), candidate)


def check_cap(usd: Decimal, run: Run) -> None:
    """Refuse a run that may cost more than it was allowed to.

    Raises:
        BadInput: so it is; what it may cost, the cap, and what to do.
    """
    cap = cap_of(run.asked)
    if cap is None or usd <= cap:
        return
    where = "" if sells(run.asked) else " on the real device, though nothing here"
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
