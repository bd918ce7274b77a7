"""The one decorator of stages: a Prefect task that is never cached, given this home's runtime."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction, signature
from typing import Any, Concatenate, Literal, ParamSpec, Protocol, TypeVar, overload

from prefect import Task, task
from prefect.cache_policies import NO_CACHE

from datasets.home import home
from tasks.context.runtime import Runtime, open_runtime

P = ParamSpec("P")
R = TypeVar("R")


class Given(Protocol):
    """Make a stage of a verb whose first parameter is the runtime; callers leave it out."""

    def __call__(self, verb: Callable[Concatenate[Runtime, P], R], /) -> Task[P, R]:
        """Return the task."""


class Alone(Protocol):
    """Make a stage of a verb that needs no runtime."""

    def __call__(self, verb: Callable[P, R], /) -> Task[P, R]:
        """Return the task."""


@overload
def stage(name: str, *, run_name: str | None = None, runtime: Literal[True] = True) -> Given: ...
@overload
def stage(name: str, *, run_name: str | None = None, runtime: Literal[False]) -> Alone: ...
def stage(name: str, *, run_name: str | None = None, runtime: bool = True) -> Any:
    """Return the decorator of a stage.

    Args:
        name: What Prefect calls the task.
        run_name: What Prefect calls a run of it, with the stage's parameters in braces.
        runtime: Whether the verb's first argument is the home's runtime, opened at each call.
    """

    def decorate(verb: Callable[..., Any]) -> Task[..., Any]:
        made = task(name=name, task_run_name=run_name, cache_policy=NO_CACHE)
        return made(_with_runtime(verb) if runtime else verb)

    return decorate


def _with_runtime(verb: Callable[..., Any]) -> Callable[..., Any]:
    made: Callable[..., Any]
    if iscoroutinefunction(verb):

        @wraps(verb)
        async def made(*args: Any, **named: Any) -> Any:
            return await verb(open_runtime(home()), *args, **named)
    else:

        @wraps(verb)
        def made(*args: Any, **named: Any) -> Any:
            return verb(open_runtime(home()), *args, **named)

    given = signature(verb)
    _, *rest = given.parameters.values()
    made.__signature__ = given.replace(parameters=rest)  # type: ignore[attr-defined]  # PEP 362
    return made
