"""The `qrt batch` command."""

from typing import Annotated

import typer

from deployments.cli.options import count
from deployments.cli.run_options import AsJson, RunOptions, Target, starts_run


@starts_run
def batch(  # noqa: PLR0917 - each is an option with a name of its own
    circuit: Annotated[
        list[str] | None, typer.Option(help="A file with OpenQASM 2 or 3; repeat.")
    ] = None,
    circuits: Annotated[
        list[str] | None,
        typer.Option(help="A folder or pattern of .qasm files, or a CSV list; repeat."),
    ] = None,
    observable: Annotated[
        list[str] | None,
        typer.Option(help='Of every circuit: "Z0*Z1", "0.5*X0 - Z1"; repeat. Default: each Z.'),
    ] = None,
    target: Target = "local:sv",
    shots: Annotated[
        int,
        typer.Option(parser=count, metavar="N", help="Of each circuit in each measurement basis."),
    ] = 1000,
    mitigate: Annotated[str, typer.Option(help="none or readout.")] = "none",
    json: AsJson = False,
    *,
    run: RunOptions,
) -> None:
    """Measure many different circuits, packed into as few tasks as can be."""
    from deployments.cli.asking import start

    start(
        "batch",
        as_json=json,
        circuits=[*(circuit or []), *(circuits or [])],
        observables=observable or [],
        target=target,
        shots=shots,
        mitigate=mitigate,
        **run,
    )
