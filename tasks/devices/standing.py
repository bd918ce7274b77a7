"""Whether work may go to a device now: what is said of it, and how old its calibration is."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from datasets.devices.catalogue import names
from datasets.home import home
from datasets.records.devices import DeviceKind, DeviceSnapshot
from datasets.records.runs import Run
from datasets.records.states import Authority, DeviceState, Standing
from tasks.backends.braket.provider import BRAKET
from tasks.backends.here import EMULATED
from tasks.backends.targets import is_bought, target_of
from tasks.context.pinned_inputs import pinned_warning
from tasks.core.selection.calibration_age import age_h, check_fresh, told
from tasks.errors import DeviceWithheld
from tasks.requests.of_run import request_of
from tasks.requests.run import RunRequest

if TYPE_CHECKING:
    from datasets.journal.journal import Journal
    from tasks.context.runtime import Runtime

_ARN = "arn:"


def admit(target: str, *, journal: "Journal", now: datetime) -> Standing:
    """Return the standing of a device to which work may go.

    Raises:
        DeviceWithheld: it is quarantined, or under maintenance.
    """
    standing = journal.standing(target, now=now)
    check_free(standing)
    return standing


def check_free(standing: Standing) -> None:
    """Return if work may go to a device of this standing.

    Raises:
        DeviceWithheld: it is quarantined, or under maintenance.
    """
    if standing.state.refuses:
        named = standing.state.value.replace("maintenance", "under maintenance")
        raise DeviceWithheld(standing.target, named, standing.reason, until(standing))


def admit_run(run: Run, snapshot: DeviceSnapshot, *, runtime: "Runtime") -> str:
    """Return the warning that a run was first admitted to its target with; none on a healthy one.

    Raises:
        DeviceWithheld: no work may go to its device.
        CalibrationStale: the calibration is older than the run accepts, or of unknown age.
    """
    now = datetime.now(UTC)
    standing = admit(run.target, journal=runtime.journal, now=now)
    check_age(request_of(run), snapshot, target=run.target, now=now)
    said = " ".join(filter(None, (warning(standing), _dated_ahead(snapshot, run.target, now=now))))
    return pinned_warning(run, said, pins=runtime.pins(run.run_id))


def _dated_ahead(snapshot: DeviceSnapshot, target: str, *, now: datetime) -> str:
    """Return a warning about a calibration that is dated in the future; else nothing."""
    if age_h(snapshot.published_at, now=now) is not None:
        return ""
    return f"The calibration of {target} is {told(snapshot.published_at, now=now)}."


def check_age(request: RunRequest, snapshot: DeviceSnapshot, *, target: str, now: datetime) -> None:
    """Refuse a calibration that is older than a request accepts; simulators have none.

    Raises:
        CalibrationStale: it is, or its age is not known.
    """
    if snapshot.kind is DeviceKind.SIMULATOR:
        return
    limit_h = request.max_calibration_age_h
    check_fresh(target, snapshot.published_at, now=now, limit_h=limit_h)


def warning(standing: Standing) -> str:
    """Say what a run on a degraded device has to know; nothing of a healthy one."""
    if standing.state is not DeviceState.DEGRADED:
        return ""
    reason = standing.reason.rstrip(". ")
    return f"{standing.target} is degraded ({by(standing)}), {until(standing)}: {reason}."


def until(standing: Standing) -> str:
    """Say how long a statement holds."""
    if standing.until is None:
        return "until it is restored"
    return f"until {standing.until:%Y-%m-%d %H:%M} UTC"


def by(standing: Standing) -> str:
    """Return who set this standing, in words."""
    authority, _, name = standing.set_by.partition(":")
    return name if authority == Authority.OPERATOR else authority


def meant(name: str) -> str:
    """Return the target that people mean where one is run on: `garnet` is its emulator."""
    target = spelled(name)
    is_short = ":" not in name and target not in names(home().devices)
    return name if is_short else target


def named_target(name: str) -> str:
    """Return the target that people mean by a name: `garnet`, `emulator:garnet`, an ARN.

    Raises:
        BadInput: there is none.
    """
    target = spelled(name)
    target_of(target).provider.check(target)
    return target


def any_bought(targets: str) -> bool:
    """Whether work costs money on one of the targets that a text names, between commas."""
    return any(map(is_bought, targets.split(", ")))


def spelled(name: str) -> str:
    """Return a name with its provider's before it."""
    if name.startswith(_ARN):
        return f"{BRAKET.name}:{name}"
    return name if ":" in name else f"{EMULATED.name}:{name}"
