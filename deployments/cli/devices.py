"""The `qrt devices` commands: what there is, what is known of it, and how to add to it."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tasks.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

    from datasets.records.devices import DeviceSnapshot

app = typer.Typer(help="List, show and import device snapshots.", no_args_is_help=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.callback(invoke_without_command=True)
def devices(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the bundled targets with their size, errors and prices."""
    if context.invoked_subcommand is not None:
        return
    from datasets.devices import catalogue
    from deployments.cli import device_views

    found = [(name, catalogue.resolve(name)) for name in catalogue.names()]
    if as_json:
        _print_json([device_views.row(snapshot, target=name) for name, snapshot in found])
        return
    console = _console()
    console.print(device_views.overview(found))
    console.print(
        "\nErrors are medians; USD is one task of 1,000 shots. More: qrt devices show TARGET",
        highlight=False,
    )


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A target, such as emulator:garnet or garnet.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Show the figures of every qubit and pair, and what was dropped and why."""
    from datasets.devices import catalogue
    from deployments.cli import device_views

    target = name if ":" in name else f"emulator:{name}"
    snapshot = catalogue.resolve(target)
    if as_json:
        _print_json(device_views.details(snapshot, target=target))
        return
    console = _console()
    console.print(device_views.overview([(target, snapshot)]))
    for table in device_views.elements(snapshot):
        console.print()
        console.print(table)
    console.print()
    _print_lines(console, _notes(snapshot))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A capabilities document or GetDevice answer.")],
    *,
    name: Annotated[str | None, typer.Option(help="The device, if the file does not say.")] = None,
    out: Annotated[Path | None, typer.Option(help="A folder, or a file ending in .json.")] = None,
    published: Annotated[
        str | None, typer.Option(help="Its date, such as 2026-05-05, if the file has none.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a different file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Turn a Braket capabilities document into a snapshot file that an emulator can use."""
    from datasets.devices.capabilities import import_capabilities
    from datasets.devices.document import write_snapshot
    from datasets.devices.text_file import read_text, write_text
    from deployments.cli import device_views

    moment = None if published is None else _date(published)
    text = read_text(file)
    snapshot = import_capabilities(text, origin=str(file), name=name, published_at=moment)
    path = _destination(snapshot, out=out)
    write_text(path, write_snapshot(snapshot), replace=force)
    target = f"emulator:{path if path.is_absolute() else f'./{path}'}"
    if as_json:
        facts = device_views.details(snapshot, target=target)
        _print_json(facts | {"file": str(path)})
        return
    kept = f"{snapshot.n_qubits} qubits and {len(snapshot.pairs)} pairs can be used"
    lines = [f"{path}: {snapshot.name}, {kept}.", *_notes(snapshot), f"Use it as {target}"]
    _print_lines(_console(), lines)


def _notes(snapshot: "DeviceSnapshot") -> list[str]:
    from deployments.cli import device_views

    if not snapshot.dropped:
        return ["Nothing was dropped."]
    heading = f"{len(snapshot.dropped)} figures were dropped:"
    return [heading, *(f"  {line}" for line in device_views.sentences(snapshot.dropped))]


def _date(published: str) -> datetime:
    try:
        moment = datetime.fromisoformat(published)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        message = f"--published {published!r} is not a date. Write it as 2026-05-05."
        raise BadInput(message) from error


def _destination(snapshot: "DeviceSnapshot", *, out: Path | None) -> Path:
    from datasets.devices.register import by_name

    known = by_name(snapshot.name)
    short = known.short if known else re.sub(r"[^a-z0-9]+", "-", snapshot.name.lower()).strip("-")
    file_name = f"{short or 'device'}@{snapshot.published_at.date().isoformat()}.json"
    if out is None:
        return Path(file_name)
    return out if out.suffix == ".json" and not out.is_dir() else out / file_name


def _console() -> "Console":
    """Return a console at least 80 columns wide, so that tables keep their figures."""
    from rich.console import Console

    console = Console()
    console.width = max(80, console.width)
    return console


def _print_lines(console: "Console", lines: list[str]) -> None:
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
