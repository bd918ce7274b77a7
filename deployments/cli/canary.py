"""The `qrt canary` command."""

from typing import Annotated

import typer

from deployments.cli.options import count
from deployments.cli.run_options import AsJson, MaxUsd, Yes


def canary(  # noqa: PLR0917 - each is an option with a name of its own
    target: Annotated[
        str, typer.Option(help="The device; `qrt devices` lists them.")
    ] = "emulator:garnet",
    qubits: Annotated[int, typer.Option(help="Of the GHZ state and the mirror circuits.")] = 5,
    mirrors: Annotated[int, typer.Option(help="How many mirror circuits.")] = 4,
    layers: Annotated[int, typer.Option(help="Layers of a mirror circuit, each way.")] = 4,
    shots: Annotated[
        int, typer.Option(parser=count, metavar="N", help="Of the GHZ and each mirror circuit.")
    ] = 1000,
    readout_shots: Annotated[
        int,
        typer.Option(parser=count, metavar="N", help="For each of two calibration circuits."),
    ] = 8000,
    tolerance: Annotated[
        float, typer.Option(help="Failures allowed beyond the predicted ones: 0.1 is 10 %.")
    ] = 0.1,
    seed: Annotated[int, typer.Option(help="Same seed, same circuits.")] = 1,
    tenant: Annotated[str, typer.Option(help="Who pays.")] = "default",
    reservation: Annotated[str, typer.Option(help="ARN of a Braket Direct reservation.")] = "",
    tag: Annotated[list[str] | None, typer.Option(help="KEY=VALUE on every task; repeat.")] = None,
    max_usd: MaxUsd = None,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Check a device with circuits of which it is known what comes out."""
    from deployments.cli.asking import start
    from deployments.cli.options import as_tags, as_usd

    start(
        "canary",
        as_json=json,
        target=target,
        qubits=qubits,
        mirrors=mirrors,
        layers=layers,
        shots=shots,
        readout_shots=readout_shots,
        tolerance=tolerance,
        seed=seed,
        tenant=tenant,
        reservation=reservation,
        tags=as_tags(tag or []),
        max_usd=as_usd(max_usd, option="--max-usd"),
        yes=yes,
    )
