"""The table of `qrt devices`: how each device stands now, within 80 columns."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal

from rich.table import Table

from datasets.records.devices import DeviceKind
from datasets.records.states import DeviceState, Standing
from deployments.cli.device_views import percent, price, row
from deployments.cli.terminal import cell
from tasks.core.queueing.windows import open_until, opens_at
from tasks.core.selection.calibration_age import age_h, span, told
from tasks.devices.known_devices import KnownDevice

# Headings and widths; with a space between columns they fill 80 columns.
_COLUMNS: Final = (
    ("target", 26),
    ("status", 11),
    ("window", 8),
    ("queue", 5),
    ("calib.\nage", 6),
    ("2q\nerr %", 5),
    ("read\nerr %", 5),
    ("USD/1k\n+ task", 7),
)
_NUMBERS: Final = ("queue", "age", "%", "task")
_HOUR: Final = timedelta(hours=1)
_SEAMS: Final = re.compile(r"(:braket:|device/|simulator/)(?=.)")


def table(devices: Iterable[KnownDevice], *, now: datetime) -> Table:
    """Return one line a target; longer targets fold."""
    made = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    for heading, width in _COLUMNS:
        justify: Literal["left", "right"] = "right" if heading.endswith(_NUMBERS) else "left"
        made.add_column(heading, justify=justify, width=width, overflow="fold")
    for device in devices:
        made.add_row(*(cell(text) for text in _cells(device, now=now)))
    return made


def facts(device: KnownDevice, *, now: datetime) -> dict[str, object]:
    """Return the snapshot's row with how the device stands, ready for JSON."""
    snapshot, standing = device.snapshot, device.standing
    closes, opens = (when(snapshot.windows, now=now) for when in (open_until, opens_at))
    hours = age_h(snapshot.published_at, now=now)
    return row(snapshot, target=device.target) | {
        "status": device.status,
        "queue_depth": device.queue_depth,
        "seen_at": device.seen_at and device.seen_at.isoformat(),
        "calibration_age_h": hours,
        "clock_ahead": hours is None,
        "window_open": device.is_here or closes is not None,
        "window_opens_at": None if device.is_here or opens is None else opens.isoformat(),
        "window_closes_at": None if device.is_here or closes is None else closes.isoformat(),
        "windows": [
            {"day": w.day, "start": w.start.isoformat(), "end": w.end.isoformat()}
            for w in snapshot.windows
        ],
        "state": standing.state.value,
        "state_reason": standing.reason,
        "state_until": standing.until and standing.until.isoformat(),
        "state_set_by": standing.set_by,
    }


def remarks(devices: Sequence[KnownDevice], *, now: datetime) -> list[str]:
    """Say what the table has no room for: why a device is not healthy, clocks that are wrong."""
    lines = [_said(d.standing) for d in devices if d.standing.state is not DeviceState.HEALTHY]
    lines += [
        f"{d.target}: its calibration is {told(d.snapshot.published_at, now=now)}"
        for d in devices
        if age_h(d.snapshot.published_at, now=now) is None
    ]
    return lines


def _cells(device: KnownDevice, *, now: datetime) -> tuple[str, ...]:
    found = row(device.snapshot, target=device.target)
    return (
        _SEAMS.sub(r"\1\n", device.target),  # an ARN is read in parts, not cut anywhere
        _status(device),
        _window(device, now=now),
        "-" if device.queue_depth is None else f"{device.queue_depth}",
        _age(device, now=now),
        percent(device.snapshot, found["median_two_qubit_error"]),
        percent(device.snapshot, found["median_readout_error"]),
        price(device.snapshot.prices),
    )


def _status(device: KnownDevice) -> str:
    """Return the device's own status; ours, where it is online and we say something of it."""
    state = device.standing.state
    if device.status != "online" or state is DeviceState.HEALTHY:
        return device.status
    return state.value


def _window(device: KnownDevice, *, now: datetime) -> str:
    if device.is_here:
        return "always"
    windows = device.snapshot.windows
    if open_until(windows, now=now):
        return "open now"
    opens = opens_at(windows, now=now)
    return "none" if opens is None else f"in {span((opens - now) / _HOUR)}"


def _age(device: KnownDevice, *, now: datetime) -> str:
    if device.snapshot.kind is DeviceKind.SIMULATOR:
        return "-"
    hours = age_h(device.snapshot.published_at, now=now)
    return "future" if hours is None else span(hours)


def _said(standing: Standing) -> str:
    until = f"until {standing.until:%Y-%m-%d %H:%M} UTC" if standing.until else "until restored"
    return f"{standing.target} is {standing.state}, {until} ({standing.set_by}): {standing.reason}"
