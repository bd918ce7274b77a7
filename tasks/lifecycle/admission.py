"""Whether work may go to a device now: what is said of it, and how old its calibration is."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from datasets.devices.catalogue import names, resolve
from datasets.layout import home
from datasets.records.devices import DeviceKind, DeviceSnapshot
from datasets.records.runs import Run
from datasets.records.states import Authority, DeviceState, Standing
from tasks.backends.braket_devices import PREFIX, arn_of
from tasks.core.calibration_age import age_h, check_fresh, told
from tasks.errors import DeviceWithheld
from tasks.lifecycle.inputs import pinned_warning

if TYPE_CHECKING:
    from datasets.journal.journal import Journal
    from tasks.lifecycle.runtime import Runtime

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
    check_age(run.asked, snapshot, target=run.target, now=now)
    said = " ".join(filter(None, (warning(standing), _dated_ahead(snapshot, run.target, now=now))))
    return pinned_warning(run, said, pins=runtime.pins(run.run_id))


def _dated_ahead(snapshot: DeviceSnapshot, target: str, *, now: datetime) -> str:
    """Return a warning about a calibration that is dated in the future; else nothing."""
    if age_h(snapshot.published_at, now=now) is not None:
        return ""
    return f"The calibration of {target} is {told(snapshot.published_at, now=now)}."


def check_age(
    asked: Mapping[str, Any], snapshot: DeviceSnapshot, *, target: str, now: datetime
) -> None:
    """Refuse a calibration that is older than a flow's parameters accept; simulators have none.

    Raises:
        CalibrationStale: it is, or its age is not known.
    """
    if snapshot.kind is DeviceKind.SIMULATOR:
        return
    limit_h = asked.get("max_calibration_age_h")
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
    if name.startswith(_ARN):
        return f"{PREFIX}{name}"
    emulated = f"emulator:{name}"
    return emulated if ":" not in name and emulated in names(home().devices) else name


def target_of(name: str) -> str:
    """Return the target that people mean by a name: `garnet`, `emulator:garnet`, an ARN.

    Raises:
        BadInput: there is none.
    """
    if name.startswith((PREFIX, _ARN)):
        target = f"{PREFIX}{name.removeprefix(PREFIX)}"
        arn_of(target)
        return target
    target = name if ":" in name else f"emulator:{name}"
    resolve(target, home().devices)
    return target
