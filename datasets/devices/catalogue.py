"""Find the device snapshot that a target string names: bundled, imported into a home, or a file."""

from functools import cache
from pathlib import Path

from datasets.devices.document import read_snapshot
from datasets.files.named import named_path
from datasets.files.reading import read_text
from datasets.records.devices import DeviceSnapshot
from tasks.errors import BadInput, UnknownName

_FOLDER = Path(__file__).parent
_LOCAL = {"local:sv": "local-sv", "local:dm": "local-dm"}
_EMULATOR = "emulator:"
_KIND = "target"


def names(imported: Path | None = None) -> tuple[str, ...]:
    """Return the targets: each device's newest calibration, then its older ones.

    Of the bundled snapshots, and of those in the folder of `imported` ones.
    """
    emulated = (
        f"{_EMULATOR}{short}" if rank == 0 else f"{_EMULATOR}{short}@{date}"
        for short, dates in sorted(_dates(imported).items())
        if short not in _LOCAL.values()
        for rank, date in enumerate(dates)
    )
    return (*_LOCAL, *emulated)


def resolve(target: str, imported: Path | None = None) -> DeviceSnapshot:
    """Return the snapshot of a target such as `local:sv`, `emulator:garnet` or `emulator:./a.json`.

    An imported snapshot goes before a bundled one of the same device and date.

    Raises:
        UnknownName: no such target is known.
        BadInput: the file is not a snapshot.
    """
    if target in _LOCAL:
        return _newest_bundled(_LOCAL[target])
    device = target.removeprefix(_EMULATOR)
    if device == target or not device:
        raise UnknownName(_KIND, target, names(imported))
    if device.endswith(".json"):
        return read_snapshot(
            read_text(named_path(device), wanted="a device document"), origin=device
        )
    short, _, date = device.partition("@")
    dates = _dates(imported).get(short, ())
    if (
        short in _LOCAL.values()
        or not dates
        or (date or dates[0]) not in dates
        or device[-1] == "@"
    ):
        raise UnknownName(_KIND, target, names(imported))
    return _load(f"{short}@{date or dates[0]}", imported)


def unreadable(imported: Path) -> dict[str, str]:
    """Return the imported targets whose file cannot be used, and why; others go on being found."""
    found = {}
    for name in names(imported):
        try:
            resolve(name, imported)
        except BadInput as fault:
            found[name] = str(fault)
    return found


def _newest_bundled(short: str) -> DeviceSnapshot:
    return _bundled(f"{short}@{_bundled_dates()[short][0]}")


def _load(stem: str, imported: Path | None) -> DeviceSnapshot:
    path = imported / f"{stem}.json" if imported else None
    if path is not None and path.is_file():
        return read_snapshot(read_text(path), origin=str(path))
    return _bundled(stem)


@cache
def _bundled(stem: str) -> DeviceSnapshot:
    path = _FOLDER / f"{stem}.json"
    return read_snapshot(path.read_text(encoding="utf-8"), origin=path.name)


@cache
def _bundled_dates() -> dict[str, tuple[str, ...]]:
    return _dated(_FOLDER)


def _dates(imported: Path | None) -> dict[str, tuple[str, ...]]:
    """Return the dates of each device's snapshots, newest first."""
    found, more = _bundled_dates(), _dated(imported) if imported else {}
    return {
        short: tuple(sorted({*found.get(short, ()), *more.get(short, ())}, reverse=True))
        for short in found.keys() | more.keys()
    }


def _dated(folder: Path) -> dict[str, tuple[str, ...]]:
    dates: dict[str, list[str]] = {}
    for path in folder.glob("*@*.json"):
        short, _, date = path.stem.partition("@")
        dates.setdefault(short, []).append(date)
    return {short: tuple(sorted(found, reverse=True)) for short, found in dates.items()}
