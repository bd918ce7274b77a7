"""The `qrt select` command: which device, at what price, and what would change that."""

import json
import textwrap
from typing import Annotated, Any

import typer

from datasets.home import home
from deployments.cli.terminal import say
from tasks.core.text.amounts import usd

_WIDTH = 80


def select(  # noqa: PLR0917 - each is an option with a name of its own
    circuit: Annotated[
        list[str], typer.Option(help="An OpenQASM file, or a folder of them; repeat.")
    ],
    shots: Annotated[int, typer.Option(min=1, max=10_000_000, help="Of each circuit.")] = 1000,
    policy: Annotated[
        str,
        typer.Option(help="balanced, cheapest[:0.7], best[:25], fastest, fidelity=2,price=1,..."),
    ] = "balanced",
    target: Annotated[
        list[str] | None, typer.Option(help="Consider this one; repeat. Default: the emulators.")
    ] = None,
    account: Annotated[
        bool, typer.Option("--account", help="Consider the devices of the AWS account.")
    ] = False,
    min_fidelity: Annotated[float | None, typer.Option(help="Least predicted fidelity.")] = None,
    max_usd: Annotated[float | None, typer.Option(help="Highest price of a circuit.")] = None,
    deadline: Annotated[str, typer.Option(help="90s, 30m, 2h or 1d.")] = "",
    mitigate: Annotated[
        str, typer.Option(help="none, readout, zne, readout,zne; debias on IonQ.")
    ] = "none",
    readout_shots: Annotated[
        int, typer.Option(min=1, max=10_000_000, help="For each of two calibration circuits.")
    ] = 8000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Choose the device for a circuit, and say why; nothing is bought."""
    from tasks.context.runtime import open_runtime
    from tasks.core.selection.policies import parse_policy
    from tasks.devices.standing import meant
    from tasks.selection.advice import advise
    from tasks.selection.request import Measuring

    answers = advise(
        circuit,
        measuring=Measuring(shots, mitigate, readout_shots),
        policy=parse_policy(policy, min_fidelity=min_fidelity, max_usd=max_usd, deadline=deadline),
        targets=[meant(name) for name in target or []],
        account=account,
        runtime=open_runtime(home()),
    )
    _tell(answers, as_json=as_json)
    if any(answer["target"] is None for answer in answers):
        raise typer.Exit(1)


def _tell(answers: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps(answers[0] if len(answers) == 1 else answers))
    elif len(answers) == 1:
        say("\n".join(_lines(answers[0])))
    else:
        say("\n".join(map(_line, answers)))


def _lines(answer: dict[str, Any]) -> list[str]:
    """Return the candidates as a table, the rejected ones, and the reason, within 80 columns."""
    head = (
        f"{'':2}{'target':<28} {'fidelity':>8} {'USD':>10} {'result':>9} {'score':>7}  front runs"
    )
    table = [
        f"{'* ' if each['rank'] == 1 else '  '}{_short(each['target'], 28):<28} "
        f"{each['fidelity']:>8.4f} {each['usd']:>10.2f} {_spoken(each['result_s']):>9} "
        f"{each['score']:>7.3f}  {'yes' if each['pareto'] else '':<5} {_runs(each)}"
        for each in answer["candidates"]
    ]
    rejected = [
        line
        for each in answer["rejected"]
        for line in _wrapped(f"- {_short(each['target'], 40)}: {each['reason']}")
    ]
    unrun = [line for each in answer["candidates"][1:] for line in _unrun(each)]
    return [head, *table, *rejected, *unrun, "", *_wrapped(answer["reason"])]


def _runs(candidate: dict[str, Any]) -> str:
    return "yes" if candidate["runnable"] else "no"


def _unrun(candidate: dict[str, Any]) -> list[str]:
    """Say why no run can go to a candidate that is ranked; nothing where one can."""
    name, why = _short(candidate["target"], 40), candidate["unrun"]
    return [] if candidate["runnable"] else _wrapped(f"- {name} runs no such circuit: {why}")


def _line(answer: dict[str, Any]) -> str:
    name = _short(answer["circuit"], 24)
    if answer["target"] is None:
        return "\n".join(_wrapped(f"{name:<24}  none: {answer['reason']}"))
    best = answer["candidates"][0]
    told = (
        f"{name:<24}  {_short(answer['target'], 28):<28}  {best['fidelity']:.4f}  "
        f"{usd(best['usd'])} USD"
    )
    return "\n".join((told, *_unrun(best)))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _short(text: str, width: int) -> str:
    """Return the text, or its end where the beginning is the same for all, as of ARNs."""
    return text if len(text) <= width else f"...{text[3 - width :]}"


def _spoken(time_s: float) -> str:
    from tasks.core.selection.ranking import spoken

    return spoken(time_s)
