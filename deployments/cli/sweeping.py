"""The `qrt sweep` command."""

import os
from typing import Annotated

import typer


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
        str, typer.Option(help="Where to run; `qrt devices` lists the targets.")
    ] = "local:sv",
    shots: Annotated[int, typer.Option(help="Of each circuit at each point.")] = 1000,
    repetitions: Annotated[int, typer.Option(help="Measure everything so often.")] = 1,
    mitigate: Annotated[str, typer.Option(help="none, readout, zne or readout,zne.")] = "none",
    readout_shots: Annotated[
        int, typer.Option(help="For each of two calibration circuits.")
    ] = 8000,
    seed: Annotated[int, typer.Option(help="Same seed, same result.")] = 1,
    tenant: Annotated[str, typer.Option(help="Who pays.")] = "default",
    reservation: Annotated[str, typer.Option(help="ARN of a Braket Direct reservation.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="KEY=VALUE on every task; repeat.")] = None,
    max_calibration_age: Annotated[
        str, typer.Option(help="Buy nothing on an older calibration: 12h, 90m, 2d.")
    ] = "",
    mix_calibrations: Annotated[
        bool,
        typer.Option("--mix-calibrations", help="Add to what older calibrations have measured."),
    ] = False,
    runner: Annotated[
        str,
        typer.Option(
            envvar="QRT_TASK_RUNNER",
            help="Who simulates: threads; dask or ray, as dask:4 (processes) or dask:ADDRESS.",
        ),
    ] = "threads",
    json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and no progress.")
    ] = False,
) -> None:
    """Measure a circuit's observables at many values of its parameters."""
    from deployments.cli.options import as_hours, as_tags
    from deployments.cli.running import run_flow, validated

    parameters = validated(
        "sweep",
        circuit=circuit,
        points=points or [],
        observables=observable or [],
        target=target,
        shots=shots,
        repetitions=repetitions,
        mitigate=mitigate,
        readout_shots=readout_shots,
        seed=seed,
        tenant=tenant,
        reservation=reservation,
        tags=as_tags(tag or []),
        max_calibration_age_h=as_hours(max_calibration_age, option="--max-calibration-age"),
        mix_calibrations=mix_calibrations,
    )
    os.environ["QRT_TASK_RUNNER"] = runner
    run_flow("sweep", parameters, run_id=None, as_json=json)
