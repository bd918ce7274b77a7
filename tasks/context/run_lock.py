"""One process at a time works on a run; the claim ends with the process, however it ends.

A run may claim more beside itself, such as what it buys: that ends with its own claim.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from datasets.home import Home
from datasets.records.executions import RunId
from tasks.errors import BadInput

if TYPE_CHECKING:
    from datasets.journal.claims import Claim, Claims

_held: dict[RunId, "Claim"] = {}
_beside: dict[RunId, dict[str, "Claim"]] = {}


def claim(run_id: RunId, *, home: Home) -> None:
    """Claim a run for this process, or claim it again where the claim was lost.

    Raises:
        BadInput: another process is working on it.
        StorageFault: the journal's server does not answer.
    """
    if run_id in _held and _held[run_id].stands():
        return
    lost = _held.pop(run_id, None)
    if lost is not None:
        lost.release()
    claims = _claims(home)
    taken = claims.take(run_id)
    if taken is None:
        owner = claims.holder(run_id) or "another process"
        message = (
            f"Run {run_id} is being worked on by {owner}. "
            f"Wait for it, or end it; then `qrt resume {run_id}`."
        )
        raise BadInput(message)
    _held[run_id] = taken


def keep(run_id: RunId, *, home: Home) -> None:
    """Claim a run anew, if this process had it and a server has forgotten that.

    Raises:
        BadInput: another process has taken it since.
        StorageFault: the journal's server does not answer.
    """
    if run_id in _held:
        claim(run_id, home=home)
    for name, taken in _beside.get(run_id, {}).items():
        if not taken.stands() and (again := _claims(home).take(name, by=run_id)):
            _beside[run_id][name] = again  # else who has it now sees that this run is at work


def claim_beside(run_id: RunId, names: Iterable[str], *, home: Home) -> str | None:
    """Claim all of some things for a run, or none of them; return who has one of them, if any has.

    They are asked for in their order and nothing is waited for, so that no two runs ever wait for
    each other's.

    Raises:
        StorageFault: the journal's server does not answer.
    """
    claims = _claims(home)
    taken: dict[str, Claim] = {}
    for name in sorted(set(names) - _beside.get(run_id, {}).keys()):
        found = claims.take(name, by=run_id)
        if found is None:
            holder = claims.holder(name) or "another process"
            for each in taken.values():
                each.release()
            return holder
        taken[name] = found
    _beside.setdefault(run_id, {}).update(taken)
    return None


def claimed_beside(run_id: RunId) -> frozenset[str]:
    """Return what this process has claimed for a run beside it."""
    return frozenset(_beside.get(run_id, ()))


def release_beside(run_id: RunId) -> None:
    """Let go of all that was claimed for a run beside it."""
    for taken in _beside.pop(run_id, {}).values():
        taken.release()


def is_held(run_id: RunId) -> bool:
    """Whether this process has claimed the run."""
    return run_id in _held


def is_claimed(run_id: RunId, *, home: Home) -> bool:
    """Whether some process is working on the run."""
    return worker_of(run_id, home=home) is not None


def worker_of(run_id: RunId, *, home: Home) -> str | None:
    """Say which process is working on the run, if any is."""
    return "this process" if run_id in _held else _claims(home).holder(run_id)


def release(run_id: RunId, *, home: Home) -> None:
    """Let go of a run that is done."""
    del home  # the claim knows where it was taken
    release_beside(run_id)
    taken = _held.pop(run_id, None)
    if taken is not None:
        taken.release()


@lru_cache(maxsize=8)
def _claims(home: Home) -> "Claims":
    from datasets.journal.claims import claims_at  # imports SQLAlchemy, as no refusal needs

    return claims_at(home.journal, folder=home.claims)
