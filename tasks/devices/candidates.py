"""The devices that work may go to: emulated ones, or those of an AWS account as they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from datasets.home import home
from datasets.records.circuits import Circuit
from datasets.records.devices import DeviceKind
from datasets.records.runs import named
from datasets.records.states import Standing
from datasets.records.targets import device_name, provider_name
from tasks.backends.braket.provider import BRAKET
from tasks.backends.here import EMULATED
from tasks.backends.simulated import SimulatedBackend
from tasks.backends.targets import is_bought, target_of
from tasks.core.selection.calibration_age import age_h, told
from tasks.core.selection.feasibility import ONLINE, Candidate
from tasks.core.selection.policies import DEFAULT, Policy, parse_policy
from tasks.core.selection.ranking import Rejected
from tasks.core.selection.trust import CanarySeen, trusted
from tasks.devices.canaries_seen import canaries_seen
from tasks.devices.standing import check_age, until, warning
from tasks.errors import BadInput, RuntimeFault
from tasks.requests.run import RunRequest

if TYPE_CHECKING:
    from datasets.journal.journal import Journal

AUTO: Final = "auto"
ACCOUNT_AUTO: Final = f"{BRAKET.name}:{AUTO}"


def is_auto(target: str | Sequence[str]) -> bool:
    """Whether the target is to be chosen: `auto`, `auto:POLICY`, `braket:auto`, ..."""
    return isinstance(target, str) and provider_name(_choice(target)) == AUTO


def policy_of(target: str | Sequence[str]) -> Policy:
    """Return the policy that a target to be chosen names, or the default one."""
    return parse_policy(device_name(_choice(named(target))) or DEFAULT)


def _choice(target: str) -> str:
    """Return what follows a provider's name where that provider sells: it may be `auto`."""
    return device_name(target) if is_bought(target) else target


def targets_for(target: str | Sequence[str] = AUTO) -> tuple[str, ...]:
    """Return the machines that a choice considers: of the provider that it names, or emulated."""
    asked = target_of(named(target))
    return (asked.provider if asked.is_bought else EMULATED).devices()


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
    provider = target_of(target).provider
    if not provider.sells:
        return Candidate(target, provider.snapshot(target))
    device = provider.look(target)
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


def fit(candidate: Candidate, circuit: Circuit, *, request: RunRequest) -> Candidate:
    """Return the candidate; barred where its calibration is too old or this machine too small."""
    try:
        check_age(request, candidate.snapshot, target=candidate.target, now=datetime.now(UTC))
        if not is_bought(candidate.target):
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
    return tuple(named) or targets_for(ACCOUNT_AUTO if account else AUTO)


def alternatives(target: str, *, journal: "Journal | None" = None) -> str:
    """Say what takes work now instead of a target that was named and does not."""
    try:
        found, _ = candidates(targets_for(target), journal=journal, named=False)
    except BadInput:
        found = ()
    free = [
        each.target
        for each in found
        if each.target != target and each.status == ONLINE and not each.barred
    ]
    if not free:
        return "No other device takes work now."
    choice = f"{provider_name(target)}:{AUTO}" if is_bought(target) else AUTO
    return f"These take work now: {', '.join(free)}; --target {choice} chooses one."
