"""The `qrt sweep` command."""

import os
from typing import Annotated

import typer

from deployments.cli.options import count
from deployments.cli.run_options import AsJson, RunOptions, starts_run


@starts_run
def sweep(  # noqa: PLR0917 - each is an option with a name of its own
    circuit: Annotated[str, typer.Option(help="A file with OpenQASM 2 or 3.")],
    points: Annotated[
        list[str] | None,
        typer.Option(
            help='"theta=0:2pi:100", "sobol 4096 ...", points.csv, ...; repeat for a grid.'
        ),
    ] = None,
    observable: Annotated[
        list[str] | None, typer.Option(help='"Z0*Z1", "0.5*X0 - Z1", h2; repeat. Default: each Z.')
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            help="Where to run; `qrt devices` lists the targets; repeat to compare. Default: "
            "local:sv."
        ),
    ] = None,
    shots: Annotated[
        int, typer.Option(parser=count, metavar="N", help="Of each circuit at each point.")
    ] = 1000,
    repetitions: Annotated[int, typer.Option(help="Measure everything so often.")] = 1,
    mitigate: Annotated[str, typer.Option(help="none, readout, zne or readout,zne.")] = "none",
    runner: Annotated[
        str,
        typer.Option(
            envvar="QRT_TASK_RUNNER",
            help="Who simulates: threads; dask or ray, as dask:4 (processes) or dask:ADDRESS.",
        ),
    ] = "threads",
    json: AsJson = False,
    *,
    run: RunOptions,
) -> None:
    """Measure a circuit's observables at many values of its parameters."""
    from deployments.cli.asking import start

    os.environ["QRT_TASK_RUNNER"] = runner
    start(
        "sweep",
        as_json=json,
        circuit=circuit,
        points=points or [],
        observables=observable or [],
        target=target or ["local:sv"],
        shots=shots,
        repetitions=repetitions,
        mitigate=mitigate,
        **run,
    )
