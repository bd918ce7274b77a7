"""Choose the device of a run, once; again only while nothing of it may be at a device."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from datasets.records.compiled import CompiledProgram
from datasets.records.runs import Run
from tasks.backends.targets import target_of
from tasks.context.pinned_inputs import set_aside
from tasks.context.runtime import Runtime
from tasks.core.identity import digest
from tasks.core.money.quotes import Quote
from tasks.core.progress.events import emit
from tasks.core.selection.decision import Selection, refusal
from tasks.core.selection.feasibility import Candidate
from tasks.core.selection.ranking import Rejected
from tasks.core.text.amounts import at_most, exact_usd
from tasks.devices.candidates import candidates, fit, is_auto, policy_of, targets_for
from tasks.devices.standing import admit
from tasks.errors import BadInput
from tasks.execution.retry_policy import rounds_of
from tasks.requests.of_run import request_of
from tasks.selection.rows import selection_rows
from tasks.selection.selection_log import Chosen, add_choice, choices
from tasks.selection.selector import Piece, choose


def choose_target(run: Run, piece: Piece, *, runtime: Runtime) -> Run:
    """Return the run with the target that it has, or that is chosen for it now.

    A choice stands, whoever resumes the run, unless the device was lost before anything was bought.

    Raises:
        BadInput: no device satisfies the policy; says what excluded each.
    """
    if not is_auto(request_of(run).target):
        return run
    pins = runtime.pins(run.run_id)
    before = choices(pins)
    if before and not before[-1].lost and run.target == before[-1].target:
        return run
    lost = {chosen.target: chosen.lost for chosen in before if chosen.lost}
    selection = _selection(run, piece, lost=lost, runtime=runtime)
    number = len(before)
    _land(selection, piece, run=run, number=number, runtime=runtime)
    _check_chosen(selection, run, moving=bool(lost))
    chosen = Chosen(selection.target, selection.ranking.policy.name, selection.reason)
    if before:
        set_aside(number=number, pins=pins)
    add_choice(chosen, pins=pins)
    emit("target.chosen", target=chosen.target, reason=chosen.reason)
    return runtime.journal.retarget(run.run_id, chosen.target)


def check_still_there(run: Run, *, runtime: Runtime) -> None:
    """Look at the device once more, before anything is bought; what was bought stays where it is.

    Raises:
        DeviceOffline: it takes no work now.
        DeviceRetired: it will take none.
        DeviceWithheld: no work may go there.
    """
    entries = runtime.journal.executions(run.run_id)
    if any(entry.handle for entry in entries if entry.execution.target == run.target):
        return
    admit(run.target, journal=runtime.journal, now=datetime.now(UTC))
    target_of(run.target).provider.look(run.target).check_online()


def _selection(run: Run, piece: Piece, *, lost: dict[str, str], runtime: Runtime) -> Selection:
    request = request_of(run)
    found, silent = candidates(targets_for(request.target), journal=runtime.journal, named=False)
    circuit = piece.program.circuit
    able = [fit(each, circuit, request=request) for each in found if each.target not in lost]
    gone = [Rejected(name, f"it was lost: {why.rstrip('. ')}") for name, why in lost.items()]
    (selection,) = choose(
        [_within(piece, run=run, moving=bool(lost))],
        candidates=able,
        silent=[*silent, *gone],
        policy=policy_of(request.target),
        now=datetime.now(UTC),
        home=runtime.home,
    )
    return selection


def _within(piece: Piece, *, run: Run, moving: bool) -> Piece:
    """Return the piece with its prices held to the run's cap, repeated purchases included.

    That is its cap; one that moves is held to what it was quoted too.
    """
    request = request_of(run)
    cap = request.max_usd
    quoted_usd = run.quote_usd if moving else None
    if cap is None and quoted_usd is None:
        return piece

    def pricing(compiled: CompiledProgram, candidate: Candidate) -> Quote:
        quoted = piece.pricing(compiled, candidate)
        may_usd = quoted.retrying(rounds_of(request, candidate.target), share=Decimal(0)).most_usd
        for most_usd, why in ((quoted_usd, "were quoted"), (cap, "are allowed")):
            if most_usd is not None and may_usd > most_usd:
                message = f"it may cost {at_most(may_usd)} USD, and {exact_usd(most_usd)} {why}"
                raise BadInput(message)
        return quoted

    return replace(piece, pricing=pricing)


def _land(selection: Selection, piece: Piece, *, run: Run, number: int, runtime: Runtime) -> None:
    """Land every candidate; a choice of none is landed again only when its reasons change."""
    what: tuple[str, int | str] = ("choice", number)
    if selection.ranking.chosen is None:
        what = ("none", digest(selection.plain()))
    rows = selection_rows(
        selection,
        selection_id=digest([run.run_id, *what]),
        run_id=run.run_id,
        program=piece.program.program_id,
    )
    place = (run.run_id, f"{what[0]}-{what[1]}")
    runtime.lake.land_all({"selections": [(place, list(rows))]}, run_id=run.run_id)


def _check_chosen(selection: Selection, run: Run, *, moving: bool) -> None:
    if selection.ranking.chosen is not None:
        return
    said = refusal(selection.ranking)
    if moving and run.quote_usd is not None:
        quoted = exact_usd(run.quote_usd)
        said += f" The run was quoted {quoted} USD; start a new one to spend more."
    raise BadInput(said)
