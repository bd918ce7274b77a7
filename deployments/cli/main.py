"""The `qrt` command: parse, dispatch, and turn every fault into one line and an exit code."""

import atexit
import os
import sys
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from deployments.cli import (
    calibrating,
    device_states,
    devices,
    looking,
    quoting,
    recovering,
    serving,
)
from deployments.cli.batching import batch
from deployments.cli.canary import canary
from deployments.cli.drift import drift
from deployments.cli.entry import OPENED
from deployments.cli.options import as_usd, count
from deployments.cli.qaoa import qaoa
from deployments.cli.run_options import AsJson, Iterations, Mitigate, RunOptions, Target, starts_run
from deployments.cli.sandbox import sandbox
from deployments.cli.selecting import select
from deployments.cli.streams import AnswerLost
from deployments.cli.sweeping import sweep
from deployments.cli.terminal import one_line, say
from deployments.cli.upgrading import upgrade
from deployments.cli.usage import HELP, Listing, about, complaint, whole_help
from tasks.errors import BadInput, RuntimeFault

app = typer.Typer(
    name="qrt",
    cls=Listing,
    callback=about,
    invoke_without_command=True,
    no_args_is_help=True,
    context_settings=HELP,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
DONE, FAILED, BAD_INPUT = 0, 1, 2


@starts_run
def vqe(  # noqa: PLR0917 - each is an option with a name of its own
    problem: Annotated[
        str, typer.Option(help="h2, h2@0.9, lih, ... or a JSON file of Pauli terms.")
    ] = "h2",
    target: Target = "emulator:garnet",
    ansatz: Annotated[str, typer.Option(help="uccsd or hea.")] = "uccsd",
    layers: Annotated[int, typer.Option(help="Layers of the ansatz.")] = 1,
    optimizer: Annotated[
        str,
        typer.Option(help="spsa, rotosolve, cobyla, cobyqa, nelder-mead, powell, l-bfgs-b, slsqp."),
    ] = "spsa",
    iterations: Iterations = 25,
    mitigate: Mitigate = "readout,zne",
    shots: Annotated[
        int, typer.Option(parser=count, metavar="N", help="For each energy of an iteration.")
    ] = 1000,
    final_shots: Annotated[
        int, typer.Option(parser=count, metavar="N", help="For the final estimate, in all.")
    ] = 100_000,
    json: AsJson = False,
    *,
    run: RunOptions,
) -> None:
    """Find a ground state energy with a variational loop."""
    from deployments.cli.asking import start

    start(
        "vqe",
        as_json=json,
        problem=problem,
        target=target,
        ansatz=ansatz,
        layers=layers,
        optimizer=optimizer,
        iterations=iterations,
        mitigate=mitigate,
        shots=shots,
        final_shots=final_shots,
        **run,
    )


def resume(
    run: Annotated[str, typer.Argument(help="A run's id, or the beginning of it.")],
    mix_calibrations: Annotated[
        bool,
        typer.Option("--mix-calibrations", help="Merge counts of before and after a calibration."),
    ] = False,
    max_usd: Annotated[
        str | None, typer.Option(help="What it may spend in all from now on.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Go on with a run that was interrupted or failed, where it stopped."""
    cap_usd = as_usd(max_usd, option="--max-usd")
    from deployments.cli.running import resume_run

    resume_run(run, mix_calibrations=mix_calibrations, max_usd=cap_usd, as_json=json)


# Help lists them in this order: what most people come for first.
app.command()(vqe)
app.command()(qaoa)
app.command()(sweep)
app.command()(batch)
app.command()(select)
app.command()(resume)
recovering.register(app)
looking.register(app)
app.command()(canary)
calibrating.register(app)
serving.register(app)
app.command()(sandbox)
app.command()(upgrade)
quoting.register(app, (vqe, sweep, batch, canary, qaoa))
device_states.register(devices.app)
devices.app.command()(drift)
app.add_typer(devices.app, name="devices")


def main() -> None:
    """Run the command line and exit."""
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """Let libraries say their last words, and end the process without taking it apart.

    That would take 2 to 4 s for the objects of Prefect, Braket and Great Expectations, in millions;
    DuckDB would report leaks, and Arrow's threads abort it once in a while.
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - Prefect sends what it has logged
    sys.stderr.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; never a traceback for what users can mend."""
    try:
        outcome = app(arguments, prog_name="qrt", standalone_mode=False)
        sys.stdout.flush()
    except TyperException as error:
        if (whole := whole_help(error)) is not None:
            say(whole)
            return BAD_INPUT
        return _complain(complaint(error), BAD_INPUT)
    except BadInput as error:
        return _complain(str(error), BAD_INPUT)
    except AnswerLost as lost:
        again = f" `qrt show {OPENED[-1]}` prints it." if OPENED else ""
        return DONE if lost.by_reader else _complain(f"{lost}{again}", FAILED)
    except RuntimeFault as error:
        return _complain(str(error), FAILED)
    return outcome if isinstance(outcome, int) else DONE


def _complain(text: str, code: int) -> int:
    say(one_line(text), err=True)
    return code
