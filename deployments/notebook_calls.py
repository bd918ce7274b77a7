"""Notebook calls whose faults name Python arguments instead of command-line options."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import wraps
from inspect import signature
from typing import Final, NoReturn, ParamSpec, TypeVar

from tasks.errors import BadInput
from tasks.requests.sweep import SweepRequest

P = ParamSpec("P")
R = TypeVar("R")
_OPTION: Final = re.compile(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)(?![\w-])")


def in_words_of_python(call: Callable[P, R]) -> Callable[P, R]:
    """Return the call, whose faults name its arguments and not the options of commands."""
    taken = signature(call)

    @wraps(call)
    def called(*given: P.args, **named: P.kwargs) -> R:
        try:
            taken.bind(*given, **named)
        except TypeError as fault:
            _refuse(call.__name__, tuple(taken.parameters), tuple(named), fault)
        try:
            return call(*given, **named)
        except BadInput as fault:
            said = spelled(str(fault))
            if said == str(fault):
                raise
            raise BadInput(said) from None

    return called


def spelled(text: str) -> str:
    """Return a message with options such as `--readout-shots` as the arguments that they are."""

    def argument(found: re.Match[str]) -> str:
        name = found[1].replace("-", "_")
        name = {"observable": "observables"}.get(name, name)
        return name if name in SweepRequest.model_fields else found[0]

    return _OPTION.sub(argument, text)


def _refuse(
    name: str, parameters: tuple[str, ...], named: tuple[str, ...], fault: TypeError
) -> NoReturn:
    unknown = next((each for each in named if each not in parameters), None)
    if unknown is None:
        message = f"{name}: {fault}. It takes {', '.join(parameters)}."
        raise BadInput(message) from None
    meant = get_close_matches(unknown, parameters, n=1)
    hint = f" Did you mean {meant[0]}?" if meant else ""
    message = f"{name} has no argument {unknown!r:.40}.{hint} It takes {', '.join(parameters)}."
    raise BadInput(message) from None
