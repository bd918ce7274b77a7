"""The `qrt devices` commands: what there is, what is known of it, and how to add to it."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from datasets.home import home
from deployments.cli.terminal import console, say
from deployments.cli.usage import Listing
from tasks.errors import BadInput

if TYPE_CHECKING:
    from datasets.records.devices import DeviceSnapshot
    from tasks.devices.known_devices import KnownDevice

app = typer.Typer(
    cls=Listing, help="List, show, import, judge and withhold devices.", no_args_is_help=False
)

_CLOCK_MAY_BE_OFF: Final = timedelta(days=7)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.callback(invoke_without_command=True)
def devices(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the targets: how each stands now, its errors and its price."""
    if context.invoked_subcommand is not None:
        return
    from datasets.devices.catalogue import unreadable
    from deployments.cli import device_table
    from tasks.devices.known_devices import known_devices

    now = datetime.now(UTC)
    found = known_devices(home(), now=now)
    if as_json:
        _print_json([device_table.facts(device, now=now) for device in found])
        return
    screen = console()
    screen.print(device_table.table(found, now=now))
    broken = unreadable(home().devices).values()
    closing = "Errors are medians, USD is a task of 1,000 shots. More: qrt devices show TARGET"
    _print_lines(["", *device_table.remarks(found, now=now), *broken, closing])


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A target, such as emulator:garnet or garnet.")],
    *,
    svg: Annotated[Path | None, typer.Option(help="Where to draw the device's map.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the figures of every qubit and pair, what was dropped and why, and draw a map."""
    from deployments.cli import device_table, device_views
    from tasks.devices.known_devices import known_device
    from tasks.devices.standing import spelled

    now, target = datetime.now(UTC), spelled(name)
    device = known_device(target, home(), now=now)
    picture = _draw(device, svg)
    if as_json:
        figures = device_views.details(device.snapshot, target=target)
        standing = device_table.facts(device, now=now)
        _print_json(figures | standing | {"picture": str(picture)})
        return
    screen = console()
    screen.print(device_table.table([device], now=now))
    _print_lines(["", device_views.headline(device.snapshot)])
    _print_lines(device_table.remarks([device], now=now))
    for table in device_views.elements(device.snapshot):
        screen.print()
        screen.print(table)
    _print_lines(["", *_notes(device.snapshot), str(picture)])


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A capabilities document or GetDevice answer.")],
    *,
    name: Annotated[str | None, typer.Option(help="The device, if the file does not say.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="A folder, or a file ending in .json.", show_default="devices/ of QRT_HOME"
        ),
    ] = None,
    published: Annotated[
        str | None, typer.Option(help="Its date, such as 2026-05-05, if the file has none.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a different file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Turn a Braket capabilities document into a snapshot that emulators and `auto` can use."""
    from datasets.devices.capabilities import import_capabilities
    from datasets.devices.document import write_snapshot
    from datasets.devices.text_file import write_text
    from datasets.files.reading import read_text
    from deployments.cli import device_views

    moment = None if published is None else _date(published)
    text = read_text(file, wanted="a device document")
    snapshot = import_capabilities(text, origin=str(file), name=name, published_at=moment)
    _check_dated(snapshot, origin=file)
    path, target = _destination(snapshot, out=out)
    write_text(path, write_snapshot(snapshot), replace=force)
    if as_json:
        facts = device_views.details(snapshot, target=target)
        _print_json(facts | {"file": str(path)})
        return
    kept = f"{snapshot.n_qubits} qubits and {len(snapshot.pairs)} pairs can be used"
    lines = [f"{path}: {snapshot.name}, {kept}.", f"It is the {snapshot.source}."]
    lines += [*_notes(snapshot), f"Use it as {target}"]
    _print_lines(lines)


def _draw(device: "KnownDevice", path: Path | None) -> Path:
    """Write the device's map, by default among the reports, and return where it is."""
    from datasets.devices.text_file import write_text
    from tasks.report.drawing.device_map import device_map

    if path is None:
        path = _made(home().reports, "--svg FILE") / f"device-{slug(device.target)}.svg"
    write_text(path, device_map(device.snapshot), replace=True)
    return path


def _made(folder: Path, otherwise: str) -> Path:
    """Return a folder of the home, made if it is missing.

    Raises:
        BadInput: it cannot be made.
    """
    from datasets.files.writing import make_folder

    try:
        make_folder(folder)
    except OSError as error:
        message = f"{folder} cannot be made: {error.strerror}. Choose a file: {otherwise}."
        raise BadInput(message) from error
    return folder


def _notes(snapshot: "DeviceSnapshot") -> list[str]:
    from deployments.cli import device_views
    from tasks.core.selection.calibration_age import age_h, told

    published_at, now = snapshot.published_at, datetime.now(UTC)
    future = age_h(published_at, now=now) is None
    dated = [f"The calibration is {told(published_at, now=now)}."] if future else []
    if not snapshot.dropped:
        return [*dated, "Nothing was dropped."]
    heading = f"{len(snapshot.dropped)} figures were dropped:"
    return [*dated, heading, *(f"  {line}" for line in device_views.sentences(snapshot.dropped))]


def _date(published: str) -> datetime:
    try:
        moment = datetime.fromisoformat(published)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        message = f"--published {published!r} is not a date. Write it as 2026-05-05."
        raise BadInput(message) from error


def _check_dated(snapshot: "DeviceSnapshot", *, origin: Path) -> None:
    """Refuse a calibration of the future, but for what the clock of this machine may be off.

    Raises:
        BadInput: it is published in the future.
    """
    now, published_at = datetime.now(UTC), snapshot.published_at
    if published_at - now > _CLOCK_MAY_BE_OFF:
        message = (
            f"{origin} is of {published_at:%Y-%m-%d}, and today is {now:%Y-%m-%d}. "
            "Give its date: --published 2026-05-05"
        )
        raise BadInput(message)


def _destination(snapshot: "DeviceSnapshot", *, out: Path | None) -> tuple[Path, str]:
    """Return where the snapshot goes, and the target that it is from then on."""
    from datasets.devices.register import by_name

    known = by_name(snapshot.name)
    short = (known.short if known else slug(snapshot.name)) or "device"
    stem = f"{short}@{snapshot.published_at.date().isoformat()}"
    if out is None:
        return _made(home().devices, "--out FILE") / f"{stem}.json", f"emulator:{stem}"
    path = out if out.suffix == ".json" and not out.is_dir() else out / f"{stem}.json"
    return path, f"emulator:{path if path.is_absolute() else f'./{path}'}"


def slug(text: str) -> str:
    """Return a text as the plain part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _print_lines(lines: list[str]) -> None:
    for line in lines:
        say(line)


def _print_json(value: object) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=2))
