"""One process at a time works on a run; the claim ends with the process, however it ends."""

from functools import lru_cache

from datasets.journal.claims import Claim, Claims, claims_at
from datasets.layout import Home
from datasets.records.executions import RunId
from tasks.errors import BadInput

_held: dict[RunId, Claim] = {}


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


def is_held(run_id: RunId) -> bool:
    """Whether this process has claimed the run."""
    return run_id in _held


def is_claimed(run_id: RunId, *, home: Home) -> bool:
    """Whether some process is working on the run."""
    return run_id in _held or _claims(home).holder(run_id) is not None


def release(run_id: RunId, *, home: Home) -> None:
    """Let go of a run that is done."""
    del home  # the claim knows where it was taken
    taken = _held.pop(run_id, None)
    if taken is not None:
        taken.release()


@lru_cache(maxsize=8)
def _claims(home: Home) -> Claims:
    return claims_at(home.journal, folder=home.claims)
