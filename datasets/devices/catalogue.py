"""Find the device snapshot that a target string names."""

from functools import cache
from pathlib import Path

from datasets.devices.document import read_snapshot
from datasets.file_reading import read_text
from datasets.records.devices import DeviceSnapshot
from tasks.errors import BadInput, UnknownName

_FOLDER = Path(__file__).parent
_LOCAL = {"local:sv": "local-sv", "local:dm": "local-dm"}
_EMULATOR = "emulator:"
_KIND = "target"


def names() -> tuple[str, ...]:
    """Return the bundled targets: each device's newest calibration, then its older ones."""
    emulated = (
        f"{_EMULATOR}{short}" if rank == 0 else f"{_EMULATOR}{short}@{date}"
        for short, dates in sorted(_bundled().items())
        if short not in _LOCAL.values()
        for rank, date in enumerate(dates)
    )
    return (*_LOCAL, *emulated)


def resolve(target: str) -> DeviceSnapshot:
    """Return the snapshot of a target such as `local:sv`, `emulator:garnet` or `emulator:./a.json`.

    Raises:
        UnknownName: no such target is bundled.
        BadInput: the file is not a snapshot, or the target is a device of an account.
    """
    if target in _LOCAL:
        return _newest(_LOCAL[target])
    if target.startswith("braket:"):
        message = (
            f"{target} is a device of an AWS account, and not bundled here. "
            f"Choose one of: {', '.join(names())}."
        )
        raise BadInput(message)
    device = target.removeprefix(_EMULATOR)
    if device == target or not device:
        raise UnknownName(_KIND, target, names())
    if device.endswith(".json"):
        return read_snapshot(read_text(Path(device), wanted="a device document"), origin=device)
    short, _, date = device.partition("@")
    dates = _bundled().get(short, ())
    if (
        short in _LOCAL.values()
        or not dates
        or (date or dates[0]) not in dates
        or device[-1] == "@"
    ):
        raise UnknownName(_KIND, target, names())
    return _load(f"{short}@{date or dates[0]}")


def _newest(short: str) -> DeviceSnapshot:
    return _load(f"{short}@{_bundled()[short][0]}")


@cache
def _load(stem: str) -> DeviceSnapshot:
    path = _FOLDER / f"{stem}.json"
    return read_snapshot(path.read_text(encoding="utf-8"), origin=path.name)


@cache
def _bundled() -> dict[str, tuple[str, ...]]:
    """Return the dates of each bundled device, newest first."""
    dates: dict[str, list[str]] = {}
    for path in _FOLDER.glob("*@*.json"):
        short, _, date = path.stem.partition("@")
        dates.setdefault(short, []).append(date)
    return {short: tuple(sorted(found, reverse=True)) for short, found in dates.items()}
