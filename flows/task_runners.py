"""Which task runner the pieces of a run go through: one setting, read when a flow needs it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final, Literal, TypeAlias, assert_never, get_args

from prefect.task_runners import TaskRunner

from datasets.layout import home
from tasks.errors import BadInput, UnknownName

SETTING: Final = "QRT_TASK_RUNNER"
MAX_PROCESSES: Final = 256
Kind: TypeAlias = Literal["threads", "dask", "ray"]
_ADDRESS: Final = re.compile(r"[a-z]+://\S+|[\w.-]+:\d+")


@dataclass(frozen=True, slots=True)
class Choice:
    """A task runner: processes of a cluster on this machine, or the cluster at an address."""

    kind: Kind
    processes: int = 0
    address: str = ""

    @property
    def elsewhere(self) -> bool:
        """Whether work leaves the flow's process."""
        return self.kind != "threads"

    @property
    def where(self) -> str:
        """What it is called in a message."""
        return f"{self.kind.capitalize()} cluster at {self.address or 'this machine'}"


def configured() -> Choice:
    """Return what the environment asks for; nothing is threads, in the flow's process.

    Raises:
        BadInput: it asks for something that there is not.
    """
    return choice(os.environ.get(SETTING, ""))


def choice(text: str) -> Choice:
    """Read `threads`, `dask`, `dask:4`, `dask:tcp://HOST:8786`, `ray`, `ray:ray://HOST:10001`.

    Raises:
        UnknownName: there is no such task runner.
        BadInput: it is not installed, or neither a number nor an address follows.
    """
    name, _, place = text.strip().partition(":")
    kind = _kind(name or "threads")
    if kind == "threads" or not place:
        made = Choice(kind, processes=os.cpu_count() or 1)
    elif place.isdecimal() and 0 < int(place) <= MAX_PROCESSES:
        made = Choice(kind, processes=int(place))
    elif _ADDRESS.fullmatch(place):
        made = Choice(kind, address=place)
    else:
        message = (
            f"{SETTING} {text!r:.80}: {kind} takes 1 to {MAX_PROCESSES} processes or an address. "
            f"Write {kind}:4, or {_example(kind)}."
        )
        raise BadInput(message)
    if kind == "threads" and place:
        message = f"{SETTING} {text!r:.80}: threads takes nothing more. Write threads."
        raise BadInput(message)
    _check_installed(kind)
    return made


@contextmanager
def started(chosen: Choice) -> Iterator[TaskRunner[Any]]:
    """Start or join the cluster; what was started here ends with the block, or with this process.

    Raises:
        BadInput: no cluster answers at the address.
    """
    made = _runner(chosen)
    try:
        made.__enter__()
        if chosen.kind == "dask":
            made.client  # noqa: B018 - joins now: else the first chunk would find nobody
    except (OSError, RuntimeError, ValueError) as error:
        made.__exit__(None, None, None)
        reason = " ".join(str(error).split()).rstrip(".")
        message = f"No {chosen.where} answers ({reason:.200}). Start it, or correct {SETTING}."
        raise BadInput(message) from error
    try:
        yield made
    finally:
        made.__exit__(None, None, None)


def _runner(chosen: Choice) -> Any:
    match chosen.kind:
        case "threads":
            from prefect.task_runners import ThreadPoolTaskRunner

            return ThreadPoolTaskRunner(max_workers=1)
        case "dask":
            return _dask(chosen)
        case "ray":
            return _ray(chosen)
        case _:
            assert_never(chosen.kind)


def _dask(chosen: Choice) -> Any:
    from prefect_dask import DaskTaskRunner

    if chosen.address:
        return DaskTaskRunner(address=chosen.address)
    return DaskTaskRunner(
        cluster_kwargs={
            "n_workers": chosen.processes,
            "threads_per_worker": 1,  # Braket's simulator aborts a process outside its main thread
            "dashboard_address": None,
            "local_directory": str(home().cache / "dask"),
        }
    )


def _ray(chosen: Choice) -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # before it is imported
    from prefect_ray import RayTaskRunner

    quiet = {"configure_logging": False, "log_to_driver": False}
    if chosen.address:
        return RayTaskRunner(address=chosen.address, init_kwargs=quiet)
    local = {"num_cpus": chosen.processes, "include_dashboard": False}
    return RayTaskRunner(init_kwargs=quiet | local)


def _kind(name: str) -> Kind:
    for kind in get_args(Kind):
        if kind == name:
            found: Kind = kind
            return found
    known = "task runner"
    raise UnknownName(known, name, get_args(Kind))


def _check_installed(kind: Kind) -> None:
    if kind != "threads" and find_spec(f"prefect_{kind}") is None:
        message = (
            f"The task runner {kind} needs prefect-{kind}, which is not installed. "
            f"Install the extra `{kind}` from requirements-cluster.lock, or unset {SETTING}."
        )
        raise BadInput(message)


def _example(kind: Kind) -> str:
    return "ray:ray://HOST:10001" if kind == "ray" else "dask:tcp://HOST:8786"
