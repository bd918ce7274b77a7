"""The `qrt sandbox` command: a local service that any Braket client can talk to."""

from pathlib import Path
from typing import Annotated

import typer

from datasets.home import home
from deployments.cli.terminal import say

Enforce = Annotated[bool, typer.Option("--enforce-quotas", help="Throttle as Braket's quotas say.")]
Keep = Annotated[
    bool, typer.Option("--keep-windows", help="Devices work in their execution windows only.")
]


def sandbox(  # noqa: PLR0917 - each is an option with a name of its own
    port: Annotated[int, typer.Option(help="Where to listen.", min=1, max=65535)] = 8383,
    host: Annotated[str, typer.Option(help="Which of this machine's addresses.")] = "127.0.0.1",
    folder: Annotated[
        Path | None, typer.Option(help="Where tasks and results are kept. [$QRT_HOME/sandbox]")
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed and tokens, same results.", min=0)] = 1,
    service_time: Annotated[
        float, typer.Option(help="Seconds that a device works on a task.", min=0)
    ] = 0.2,
    backlog: Annotated[
        int, typer.Option(help="Tasks of others before the first of ours.", min=0)
    ] = 0,
    faults: Annotated[
        Path | None, typer.Option(help="A JSON file of faults; docs/sandbox.md lists them.")
    ] = None,
    enforce_quotas: Enforce = False,
    keep_windows: Keep = False,
) -> None:
    """Serve emulated Braket devices on this machine; AWS_ENDPOINT_URL points clients at it."""
    from datasets.files.reading import read_text
    from deployments.sandbox.fault_model import read_faults
    from deployments.sandbox.server import serve
    from deployments.sandbox.settings import Settings

    settings = Settings(
        folder=folder or home().root / "sandbox",
        seed=seed,
        service_s=service_time,
        backlog=backlog,
        enforce_quotas=enforce_quotas,
        keep_windows=keep_windows,
    )
    text = read_text(faults, wanted="a JSON list of faults") if faults else "[]"
    wanted = read_faults(text, origin=str(faults))
    greeting = _greeting(f"http://{host}:{port}", settings.folder)
    serve(settings, host=host, port=port, faults=wanted, announce=lambda: say(greeting, err=True))


def _greeting(address: str, folder: Path) -> str:
    return (
        f"Braket, S3 and STS at {address}, state in {folder}\n"
        f"  export AWS_ENDPOINT_URL={address} AWS_DEFAULT_REGION=us-east-1\n"
        "  export AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox"
    )
