"""Choose a device for programs: drop what is impossible, compile for the rest, price, rank."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from datasets.home import Home
from datasets.records.compiled import CompiledProgram
from datasets.records.problems import Program
from tasks.backends.simulated import beyond_memory
from tasks.backends.targets import is_bought
from tasks.core.compilation.compiler import CompileOptions
from tasks.core.money.quotes import Quote
from tasks.core.queueing.time_to_result import Expected, expected
from tasks.core.selection.decision import Considered, Selection, decide
from tasks.core.selection.feasibility import Candidate, Demand, impossible
from tasks.core.selection.policies import Policy
from tasks.core.selection.ranking import Rejected
from tasks.errors import BadInput
from tasks.program.compile_cache import Wanted, compile_all

# Fewer seeds than a run tries: the order of devices hardly changes, the time does.
RANKING: Final = CompileOptions(seeds=2)
NO_ROOM: Final = "its schedule has no room for the work within two weeks"

Pricing = Callable[[CompiledProgram, Candidate], Quote]


@dataclass(frozen=True, slots=True)
class Piece:
    """A program whose device is to be chosen: what it asks of one, and what it costs there."""

    program: Program
    bases: tuple[str, ...]
    demand: Demand
    pricing: Pricing


@dataclass(frozen=True, slots=True)
class _Possible:
    candidates: tuple[Candidate, ...]
    rejected: tuple[Rejected, ...]


def choose(
    pieces: Sequence[Piece],
    *,
    candidates: Sequence[Candidate],
    policy: Policy,
    now: datetime,
    home: Home,
    silent: Sequence[Rejected] = (),
    advising: bool = False,
) -> tuple[Selection, ...]:
    """Return a selection for each piece; compilations come from the cache where it has them.

    What is compiled may touch more qubits than this machine emulates: such a candidate is rejected,
    unless it is about advice, in which an emulator stands for its device.
    """
    possible = [_possible(piece, candidates, silent, now=now) for piece in pieces]
    wanted = [
        Wanted(piece.program, candidate.snapshot, piece.bases, RANKING)
        for piece, each in zip(pieces, possible, strict=True)
        for candidate in each.candidates
    ]
    compiled = iter(compile_all(wanted, home=home))
    return tuple(
        _decided(
            piece,
            {candidate.target: (candidate, next(compiled)) for candidate in each.candidates},
            policy=policy,
            rejected=each.rejected,
            now=now,
            advising=advising,
        )
        for piece, each in zip(pieces, possible, strict=True)
    )


def _possible(
    piece: Piece, candidates: Sequence[Candidate], silent: Sequence[Rejected], *, now: datetime
) -> _Possible:
    reasons = [impossible(candidate, demand=piece.demand, now=now) for candidate in candidates]
    told = list(zip(candidates, reasons, strict=True))
    return _Possible(
        tuple(candidate for candidate, reason in told if not reason),
        (*silent, *(Rejected(candidate.target, reason) for candidate, reason in told if reason)),
    )


def _decided(
    piece: Piece,
    compiled: Mapping[str, tuple[Candidate, CompiledProgram | BadInput]],
    *,
    policy: Policy,
    rejected: Sequence[Rejected],
    now: datetime,
    advising: bool,
) -> Selection:
    considered, refused = list[Considered](), list(rejected)
    for target, (candidate, program) in compiled.items():
        found = _considered(piece, candidate, program, now=now)
        if isinstance(found, str):
            refused.append(Rejected(target, found))
        elif found.unrun and not advising:
            refused.append(Rejected(target, found.unrun))
        else:
            considered.append(found)
    return decide(considered, policy=policy, rejected=refused)


def _considered(
    piece: Piece, candidate: Candidate, program: CompiledProgram | BadInput, *, now: datetime
) -> Considered | str:
    """Return what the candidate offers, or why it cannot do the work."""
    if isinstance(program, BadInput):
        return str(program).rstrip(".")
    try:
        quote = piece.pricing(program, candidate)
    except BadInput as fault:
        return str(fault).rstrip(".")
    done = when(candidate, quote, now=now)
    if done is None:
        return NO_ROOM
    return Considered(candidate, program, quote, done, _unrun(piece, candidate, program))


def _unrun(piece: Piece, candidate: Candidate, program: CompiledProgram) -> str:
    """Return why this machine cannot emulate the candidate at the work; nothing where it can."""
    if is_bought(candidate.target):
        return ""
    every = (piece.program.circuit, program.circuit, *(form.circuit for form in program.measured))
    return next(filter(None, (beyond_memory(candidate.snapshot, each) for each in every)), "")


def when(candidate: Candidate, quote: Quote, *, now: datetime) -> Expected | None:
    """Return when the work would be done there; None where its schedule has no room for it."""
    return expected(
        candidate.snapshot,
        now=now,
        queue_depth=candidate.queue_depth,
        tasks=quote.tasks,
        shots=quote.shots,
        windows=candidate.windows,
    )
