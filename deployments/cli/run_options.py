"""The options that every command has that starts a run, said once."""

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Signature, signature
from typing import Annotated, Any

import typer

from deployments.cli.options import as_hours, as_object, as_tags, as_usd, count

RunOptions = Mapping[str, Any]  # fields of `tasks.requests.run.RunRequest`, and `yes`
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and no progress.")]
Target = Annotated[str, typer.Option(help="Where to run; `qrt devices` lists the targets.")]
Iterations = Annotated[int, typer.Option(help="At most so many.")]
Mitigate = Annotated[str, typer.Option(help="none, readout, zne or readout,zne.")]
MaxUsd = Annotated[
    str | None, typer.Option(help="Refuse the run if it may cost more; it never spends more.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Buy without a question, whatever it costs.")]


def starts_run(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of every run; it gets what was asked for as `run`."""
    shared = signature(_asked).parameters
    own = [each for name, each in signature(command).parameters.items() if name != "run"]

    @wraps(command)
    def starting(**values: Any) -> None:
        run = _asked(**{name: values.pop(name) for name in shared})
        command(**values, run=run)

    every = [*own, *shared.values()]
    # Typer reads both: what it finds here becomes the command's options.
    starting.__signature__ = Signature(every)  # type: ignore[attr-defined]  # functions may have it
    starting.__annotations__ = {each.name: each.annotation for each in every}
    return starting


def _asked(  # noqa: PLR0917 - each is an option with a name of its own
    readout_shots: Annotated[
        int,
        typer.Option(parser=count, metavar="N", help="For each of two calibration circuits."),
    ] = 8000,
    measure_readout: Annotated[
        bool, typer.Option("--measure-readout", help="Also where a canary just has.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Same seed, same result.")] = 1,
    tenant: Annotated[str, typer.Option(help="Who pays.")] = "default",
    reservation: Annotated[str, typer.Option(help="ARN of a Braket Direct reservation.")] = "",
    debias: Annotated[bool, typer.Option("--debias", help="IonQ's error mitigation.")] = False,
    device_parameters: Annotated[
        str, typer.Option(help="JSON laid over the device parameters (IonQ).")
    ] = "",
    tag: Annotated[list[str] | None, typer.Option(help="KEY=VALUE on every task; repeat.")] = None,
    max_calibration_age: Annotated[
        str, typer.Option(help="Buy nothing on an older calibration: 12h, 90m, 2d.")
    ] = "",
    mix_calibrations: Annotated[
        bool,
        typer.Option("--mix-calibrations", help="Merge counts of before and after a calibration."),
    ] = False,
    max_usd: MaxUsd = None,
    yes: Yes = False,
) -> RunOptions:
    """Return what was asked for, as a flow takes it."""
    return {
        "readout_shots": readout_shots,
        "max_readout_age_h": 0.0 if measure_readout else 1.0,
        "seed": seed,
        "tenant": tenant,
        "reservation": reservation,
        "debias": debias,
        "device_parameters": as_object(device_parameters, option="--device-parameters"),
        "tags": as_tags(tag or []),
        "max_calibration_age_h": as_hours(max_calibration_age, option="--max-calibration-age"),
        "mix_calibrations": mix_calibrations,
        "max_usd": as_usd(max_usd, option="--max-usd"),
        "yes": yes,
    }
