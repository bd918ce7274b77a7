"""The `qrt qaoa` command."""

from typing import Annotated

import typer

from deployments.cli.options import count
from deployments.cli.run_options import AsJson, Iterations, Mitigate, RunOptions, Target, starts_run


@starts_run
def qaoa(  # noqa: PLR0917 - each is an option with a name of its own
    graph: Annotated[
        str,
        typer.Option(
            help="ring:8, path:6, complete:5, grid:2:4, regular:DEGREE:NODES@SEED, "
            "gnp:NODES:PROBABILITY@SEED, or a JSON or CSV file of edges."
        ),
    ] = "ring:8",
    target: Target = "emulator:garnet",
    layers: Annotated[int, typer.Option(help="Layers of phases and mixers.")] = 1,
    optimizer: Annotated[
        str,
        typer.Option(
            help="spsa, cobyla, cobyqa, nelder-mead, powell; with whole weights also rotosolve, "
            "l-bfgs-b, slsqp."
        ),
    ] = "spsa",
    iterations: Iterations = 25,
    mitigate: Mitigate = "readout",
    shots: Annotated[
        int,
        typer.Option(parser=count, metavar="N", help="For each expected cut of an iteration."),
    ] = 1000,
    final_shots: Annotated[
        int, typer.Option(parser=count, metavar="N", help="For the final samples, in all.")
    ] = 10_000,
    json: AsJson = False,
    *,
    run: RunOptions,
) -> None:
    """Find a large cut of a graph with the quantum approximate optimisation algorithm."""
    from deployments.cli.asking import start

    start(
        "qaoa",
        as_json=json,
        graph=graph,
        target=target,
        layers=layers,
        optimizer=optimizer,
        iterations=iterations,
        mitigate=mitigate,
        shots=shots,
        final_shots=final_shots,
        **run,
    )
