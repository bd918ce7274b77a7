"""The `qrt quote` commands: every flow's own, with its own options, that say what it would cost."""

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from datasets.home import home
from deployments.cli.terminal import say
from deployments.cli.usage import Listing
from tasks.core.text.amounts import at_most, counted, usd

if TYPE_CHECKING:
    from tasks.requests.run import RunRequest

_QUOTING: Final[ContextVar[bool]] = ContextVar("quoting", default=False)
_COMPARING: Final[ContextVar[bool]] = ContextVar("comparing", default=False)
Compare = Annotated[
    bool, typer.Option("--compare", help="Compile for all other devices too: their fidelities.")
]
_WIDTH: Final = 80
_NAME: Final = 30

Command = Callable[..., None]


def register(app: typer.Typer, commands: Sequence[Command]) -> None:
    """Add `quote` with the commands of flows, which then start nothing."""
    group = typer.Typer(
        cls=Listing, help="Say what a flow would cost, and where; nothing is bought."
    )
    for command in commands:
        group.command(help=f"Quote `qrt {command.__name__}`, which has the same options.")(
            _instead(command)
        )
    app.add_typer(group, name="quote", no_args_is_help=True)


def is_quoting() -> bool:
    """Whether a flow's command was called to say what it costs."""
    return _QUOTING.get()


def tell(flow: str, parameters: "RunRequest", *, as_json: bool) -> None:
    """Print what a run with these parameters would cost."""
    told = quoted(flow, parameters, compare=_COMPARING.get())
    say(json.dumps(told) if as_json else "\n".join(lines(told)))


def quoted(flow: str, parameters: "RunRequest", *, compare: bool) -> dict[str, Any]:
    """Return what a run with these parameters would cost, and keep it in the lake.

    To `compare`, the circuit is compiled for every other target too.
    """
    from tasks.context.runtime import open_runtime
    from tasks.quotes.comparison import offer
    from tasks.workloads.quote_request import asked_piece

    runtime = open_runtime(home())
    with asked_piece(flow, parameters, runtime=runtime) as (run, piece):
        return offer(run, piece, runtime=runtime, compare=compare)


def lines(told: Mapping[str, Any]) -> list[str]:
    """Return a quote as tables of items and targets, within 80 columns."""
    return [
        *_wrapped(f"{told['flow']} on {told['target']}: {_total(told)}"),
        "",
        f"  {'item':<{_NAME}} {'tasks':>10} {'shots':>16} {'USD':>16}",
        *map(_item, told["items"]),
        "",
        f"  {'target':<{_NAME}} {'USD':>10} {'at most':>10} {'fidelity':>9} {'result':>13}",
        *(f"* {_target(each)}" for each in told["targets"]),
        *(f"  {_target(each)}" for each in told["alternatives"]),
        *(
            line
            for each in told["rejected"]
            for line in _wrapped(f"- {_short(each['target'])}: {each['reason']}")
        ),
        *(["", *_wrapped(told["reason"])] if told["reason"] else []),
        *_warnings(told),
    ]


def _instead(command: Command) -> Command:
    @wraps(command)
    def quoting(*, compare: bool, **values: Any) -> None:
        with _set(_QUOTING, to=True), _set(_COMPARING, to=compare):
            command(**values)

    own = signature(command)
    asked = Parameter("compare", Parameter.KEYWORD_ONLY, default=False, annotation=Compare)
    # Typer reads both: what it finds here becomes the command's options.
    quoting.__signature__ = own.replace(  # type: ignore[attr-defined]  # functions may have it
        parameters=[*own.parameters.values(), asked]
    )
    quoting.__annotations__ = {**command.__annotations__, "compare": Compare}
    return quoting


@contextmanager
def _set(variable: ContextVar[bool], *, to: bool) -> Iterator[None]:
    token = variable.set(to)
    try:
        yield
    finally:
        variable.reset(token)


def _warnings(told: Mapping[str, Any]) -> list[str]:
    """Say of each target that was asked for where nothing can be expected of it."""
    from tasks.core.progress.lines import HOPELESS, hopeless

    return [
        line
        for each in told["targets"]
        if each["fidelity"] < HOPELESS
        for line in ("", *_wrapped(f"{_short(each['target'])}: {hopeless(each['fidelity'])}."))
    ]


def _total(told: Mapping[str, Any]) -> str:
    tasks, shots = counted(told["tasks"], "task"), counted(told["shots"], "shot")
    return (
        f"{usd(told['cost_usd'])} USD, at most {at_most(told['at_most_usd'])}, for {tasks} and "
        f"{shots}; result in {_time(told)}{_range(told)}."
    )


def _item(each: Mapping[str, Any]) -> str:
    name = each["item"].replace("_", " ")
    return f"  {name:<{_NAME}} {each['tasks']:>10,} {each['shots']:>16,} {each['usd']:>16,.6f}"


def _target(each: Mapping[str, Any]) -> str:
    return (
        f"{_short(each['target']):<{_NAME}} {usd(each['cost_usd']):>10} "
        f"{at_most(each['at_most_usd']):>10} {_fidelity(each['fidelity']):>9} {_time(each):>13}"
    )


def _fidelity(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.4f}"


def _time(each: Mapping[str, Any]) -> str:
    from tasks.core.selection.ranking import spoken

    return spoken(each["result_s"])


def _range(each: Mapping[str, Any]) -> str:
    from tasks.core.selection.ranking import spoken

    low, high = each["result_low_s"], each["result_high_s"]
    first, last = spoken(low), "nobody knows when" if high is None else spoken(high)
    return "" if first == last else f" (4 of 5 cases: {first} to {last})"


def _short(text: str) -> str:
    """Return the text, or its end where the beginning is the same for all, as of ARNs."""
    return text if len(text) <= _NAME else f"...{text[3 - _NAME :]}"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent="  ", break_on_hyphens=False)
