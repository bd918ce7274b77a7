"""Say which device each circuit should go to; nothing is bought, and the choices are landed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tasks.context.runtime import Runtime
from tasks.core.selection.policies import Policy
from tasks.devices.candidates import candidates, chosen_among
from tasks.selection.request import Measuring, pieces_of
from tasks.selection.rows import land_choices
from tasks.selection.selector import choose


def advise(
    circuits: Sequence[str],
    *,
    measuring: Measuring,
    policy: Policy,
    targets: Sequence[str],
    account: bool,
    runtime: Runtime,
) -> list[dict[str, Any]]:
    """Return the choice for each circuit as JSON types, with its name.

    Raises:
        BadInput: a circuit or target cannot be used, or no device satisfies the policy for the
            only circuit; says what excluded each.
    """
    named = chosen_among(targets, account=account)
    pieces = pieces_of(circuits, measuring=measuring)
    found, silent = candidates(named, journal=runtime.journal, named=bool(targets))
    chosen = choose(
        pieces,
        candidates=found,
        silent=silent,
        policy=policy,
        now=datetime.now(UTC),
        home=runtime.home,
        advising=True,
    )
    land_choices(chosen, programs=[piece.program.program_id for piece in pieces], runtime=runtime)
    if len(chosen) == 1:
        _ = chosen[0].target
    return [
        {"circuit": piece.program.name} | selection.plain()
        for piece, selection in zip(pieces, chosen, strict=True)
    ]
