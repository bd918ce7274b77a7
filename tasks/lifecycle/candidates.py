"""The devices that work may go to: emulated ones, or those of an AWS account as they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from datasets.devices import catalogue, register
from datasets.layout import home
from datasets.records.circuits import Circuit
from datasets.records.devices import DeviceKind
from datasets.records.states import Standing
from tasks.backends.braket_devices import PREFIX, is_braket, look
from tasks.backends.simulated import SimulatedBackend
from tasks.core.calibration_age import age_h, told
from tasks.core.feasibility import ONLINE, Candidate
from tasks.core.policies import DEFAULT, Policy, parse_policy
from tasks.core.ranking import Rejected
from tasks.core.trust import CanarySeen, trusted
from tasks.errors import BadInput, RuntimeFault
from tasks.lifecycle.admission import check_age, until, warning
from tasks.lifecycle.canaries_seen import canaries_seen

if TYPE_CHECKING:
    from datasets.journal.journal import Journal

AUTO: Final = "auto"
ACCOUNT_AUTO: Final = f"{PREFIX}{AUTO}"


def is_auto(target: str | Sequence[str]) -> bool:
    """Whether the target is to be chosen: `auto`, `auto:POLICY`, `braket:auto`, ..."""
    return isinstance(target, str) and target.removeprefix(PREFIX).split(":")[0] == AUTO


def policy_of(target: str) -> Policy:
    """Return the policy that a target to be chosen names, or the default one."""
    return parse_policy(target.removeprefix(PREFIX).removeprefix(AUTO).removeprefix(":") or DEFAULT)


def targets_for(*, account: bool) -> tuple[str, ...]:
    """Return the machines that are considered unless others are named.

    Emulated ones stand for their devices at their newest calibration. Simulators are never
    considered unasked: they are no devices, and perfect.
    """
    if account:
        return tuple(
            f"{PREFIX}{device.arn}" for device in register.known() if device.vendor != "simulators"
        )
    imported = home().devices
    broken = catalogue.unreadable(imported)
    return tuple(
        name
        for name in catalogue.names(imported)
        if name.startswith("emulator:")
        and "@" not in name
        and name not in broken
        and catalogue.resolve(name, imported).kind is DeviceKind.QPU
    )


def candidates(
    targets: Sequence[str], *, journal: "Journal | None", named: bool
) -> tuple[tuple[Candidate, ...], tuple[Rejected, ...]]:
    """Return each target as it stands, and those that nobody could be asked about.

    Without a journal nothing is known of what operators and checks say.

    Raises:
        BadInput: a `named` target does not exist, or none of the account's could be asked.
    """
    found, silent = list[Candidate](), list[Rejected]()
    now = datetime.now(UTC)
    seen = canaries_seen(home().lake) if journal else {}
    for target in dict.fromkeys(targets):
        try:
            candidate = _known(_candidate(target), seen, now=now)
            standing = journal.standing(target, now=now) if journal else None
            found.append(said_of(candidate, standing, now=now) if standing else candidate)
        except RuntimeFault as fault:
            if named and isinstance(fault, BadInput):
                raise
            silent.append(Rejected(target, str(fault).rstrip(".")))
    if not found and silent:
        message = f"No device could be asked: {silent[0].target}: {silent[0].reason}."
        raise BadInput(message)
    return tuple(found), tuple(silent)


def _candidate(target: str) -> Candidate:
    """Return a target as its provider describes it; an emulated one is always open, and idle."""
    if not is_braket(target):
        return Candidate(target, catalogue.resolve(target, home().devices))
    device = look(target)
    return Candidate(
        target,
        device.snapshot,
        status=device.status.lower(),
        queue_depth=device.queue_depth,
        windows=device.snapshot.windows,
    )


def _known(
    candidate: Candidate, seen: Mapping[tuple[str, str], Sequence[CanarySeen]], *, now: datetime
) -> Candidate:
    """Return the candidate with how far its calibration is trusted; simulators have none."""
    snapshot = candidate.snapshot
    if snapshot.kind is not DeviceKind.QPU:
        return candidate
    ours = seen.get((candidate.target, snapshot.calibration_id), ())
    return replace(candidate, trust=trusted(snapshot.published_at, canaries=ours, now=now))


def said_of(candidate: Candidate, standing: Standing, *, now: datetime) -> Candidate:
    """Return the candidate with what operators and checks say of it."""
    if standing.state.refuses:
        named = standing.state.value.replace("maintenance", "under maintenance")
        why = f"it is {named}, {until(standing)}: {standing.reason.rstrip('. ')}"
        return replace(candidate, barred=why)
    published_at = candidate.snapshot.published_at
    if age_h(published_at, now=now) is None:
        return replace(candidate, degraded=f"its calibration is {told(published_at, now=now)}")
    said = warning(standing)
    return replace(candidate, degraded=standing.reason.rstrip(". ")) if said else candidate


def fit(candidate: Candidate, circuit: Circuit, *, asked: Mapping[str, Any]) -> Candidate:
    """Return the candidate; barred where its calibration is too old or this machine too small."""
    try:
        check_age(asked, candidate.snapshot, target=candidate.target, now=datetime.now(UTC))
        if not is_braket(candidate.target):
            SimulatedBackend.check_size(candidate.snapshot, circuit)
    except BadInput as fault:
        return replace(candidate, barred=candidate.barred or str(fault).rstrip("."))
    return candidate


def chosen_among(named: Sequence[str], *, account: bool) -> tuple[str, ...]:
    """Return what is considered: what was named, else the account's devices or the emulators.

    Raises:
        BadInput: both were asked for, or a name is a choice itself.
    """
    if named and account:
        message = "--target names what is considered, and --account the account's. Give one."
        raise BadInput(message)
    choices = [target for target in named if is_auto(target)]
    if choices:
        message = f"--target {choices[0]:.80} is a choice itself. Name devices to choose among."
        raise BadInput(message)
    return tuple(named) or targets_for(account=account)


def alternatives(target: str, *, journal: "Journal | None" = None) -> str:
    """Say what takes work now instead of a target that was named and does not."""
    account = is_braket(target)
    try:
        found, _ = candidates(targets_for(account=account), journal=journal, named=False)
    except BadInput:
        found = ()
    free = [
        each.target
        for each in found
        if each.target != target and each.status == ONLINE and not each.barred
    ]
    if not free:
        return "No other device takes work now."
    choice = ACCOUNT_AUTO if account else AUTO
    return f"These take work now: {', '.join(free)}; --target {choice} chooses one."
