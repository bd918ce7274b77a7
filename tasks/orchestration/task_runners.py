"""Which task runner the pieces of a run go through: one setting, read when a flow needs it."""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, assert_never, get_args

from datasets.home import home
from tasks.errors import BadInput, UnknownName

if TYPE_CHECKING:
    from prefect.task_runners import TaskRunner

SETTING: Final = "QRT_TASK_RUNNER"
MAX_PROCESSES: Final = 256
_CONNECT_S: Final = 10  # a scheduler that does not answer is given up after this
Kind: TypeAlias = Literal["threads", "dask", "ray"]
_TAKES: Final[Mapping[Kind, str]] = {
    "threads": "Write threads.",
    "dask": f"Write dask, dask:4 (1 to {MAX_PROCESSES} processes here) or dask:tcp://HOST:8786.",
    "ray": f"Write ray, ray:4 (1 to {MAX_PROCESSES} processes here) or ray:ray://HOST:10001.",
}
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
    _check_installed(kind)
    if not place:
        return Choice(kind, processes=os.cpu_count() or 1)
    if kind != "threads" and place.isdecimal() and 0 < int(place) <= MAX_PROCESSES:
        return Choice(kind, processes=int(place))
    if kind != "threads" and _ADDRESS.fullmatch(place):
        return Choice(kind, address=place)
    message = f"{SETTING} {text!r:.80} cannot be meant. {_TAKES[kind]}"
    raise BadInput(message)


@contextmanager
def started(chosen: Choice) -> Iterator["TaskRunner[Any]"]:
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

            return ThreadPoolTaskRunner()
        case "dask":
            return _dask(chosen)
        case "ray":
            return _ray(chosen)
        case _:
            assert_never(chosen.kind)


def _dask(chosen: Choice) -> Any:
    from prefect_dask import DaskTaskRunner

    if chosen.address:
        return DaskTaskRunner(address=chosen.address, client_kwargs={"timeout": _CONNECT_S})
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
    what = "task runner"
    raise UnknownName(what, name, get_args(Kind))


def _check_installed(kind: Kind) -> None:
    if kind != "threads" and find_spec(f"prefect_{kind}") is None:
        message = (
            f"The task runner {kind} needs prefect-{kind}, which is not installed. "
            f"`make cluster` installs it into .venv-cluster; or unset {SETTING}."
        )
        raise BadInput(message)
