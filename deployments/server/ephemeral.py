"""Use the Prefect server that is configured, or start one for the length of a command.

The server starts before the heavy imports, in a process of its own, so that both go on together.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from datasets.layout import Home
from deployments.server.address import answers_in_time, listening
from deployments.server.environment import EPHEMERAL, guarded, prefect_home, quietly
from deployments.server.lease import Serving, serving
from deployments.server.password import GIVEN, given, new_password, password_of
from deployments.server.process import ServerProcess
from tasks.errors import BadInput, StorageFault


class Server(Protocol):
    """A server that may still be starting."""

    @property
    def settings(self) -> Mapping[str, str]:
        """What Prefect's clients need: the address of its API, and the password."""
        ...

    def ready(self) -> None:
        """Wait until it answers."""
        ...


class EphemeralServer:
    """A server on a free port; `ready` waits for it, `stop` ends it."""

    def __init__(self, home: Home) -> None:
        self.password = new_password()
        # The child alone keeps the socket: when it ends, callers are refused and do not wait.
        with listening() as listener:
            self._port = int(listener.getsockname()[1])
            self._process = ServerProcess(
                listener,
                environment=os.environ | EPHEMERAL | guarded(self._port, password=self.password),
                log=home.logs / "prefect-server.log",
            )

    @property
    def url(self) -> str:
        """The address of its API."""
        return f"http://127.0.0.1:{self._port}/api"

    @property
    def settings(self) -> Mapping[str, str]:
        """The address of its API, and the password that only its starter has."""
        return {"PREFECT_API_URL": self.url, GIVEN: self.password}

    def ready(self) -> None:
        """Wait until it answers.

        Raises:
            StorageFault: it ended, or took too long; its log says why.
        """
        if not self._process.answers():
            message = f"The Prefect server did not start. {self._process.log} says why."
            raise StorageFault(message)

    def stop(self) -> None:
        """Close the pipe that keeps it alive, and wait for it to end."""
        self._process.stop()


class HomeServer:
    """The server that `qrt up` keeps for this home."""

    def __init__(self, found: Serving, home: Home) -> None:
        self._found, self._home = found, home

    @property
    def settings(self) -> Mapping[str, str]:
        """The address of its API, and the home's password where it is that.

        Raises:
            BadInput: it is another one, which the environment lacks.
        """
        url = {"PREFECT_API_URL": self._found.url}
        match self._found.password:
            case "home":
                return url | {GIVEN: password_of(self._home)}
            case "environment" if not given():
                message = (
                    f"The Prefect server at {self._found.ui} was given a password. "
                    f"Set {GIVEN} to it, as it was when `qrt up` began."
                )
                raise BadInput(message)
        return url

    def ready(self) -> None:
        """Wait until it answers.

        Raises:
            StorageFault: it has ended meanwhile, or takes too long.
        """
        if not answers_in_time(self._found.url, going_on=lambda: serving(self._home) is not None):
            message = f"The Prefect server at {self._found.ui} does not answer. See `qrt up`."
            raise StorageFault(message)


def home_server(home: Home) -> HomeServer | None:
    """Return the server that `qrt up` keeps for this home, unless the environment names another."""
    found, named = serving(home), os.environ.get("PREFECT_API_URL", "").rstrip("/")
    named = named.replace("//localhost:", "//127.0.0.1:")
    if found is None or named not in {"", found.url} or (named and given()):
        return None
    return HomeServer(found, home)


@contextmanager
def prefect_server(home: Home) -> Iterator[Server | None]:
    """Yield a server that may be starting, or None where the environment or a profile names one.

    That is the one that the environment names, that `qrt up` keeps for this home, that a profile
    names, or one for as long as the block takes. Sets the environment that Prefect reads when it is
    imported; import it afterwards.
    """
    quietly()
    if server := home_server(home):
        os.environ |= server.settings
        yield server
    elif os.environ.get("PREFECT_API_URL") or _profile_names_one():
        yield None
    else:
        yield from _one_for_now(home)


def _one_for_now(home: Home) -> Iterator[Server]:
    os.environ["PREFECT_HOME"] = str(prefect_home(home))
    server, before = EphemeralServer(home), os.environ.get(GIVEN)
    os.environ |= server.settings
    os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"  # nobody could read them there
    os.environ["QRT_EVENTS"] = "off"  # nor hear these
    try:
        yield server
    finally:
        server.stop()
        del os.environ["PREFECT_API_URL"], os.environ[GIVEN]
        if before is not None:
            os.environ[GIVEN] = before


def _profile_names_one() -> bool:
    folder = Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect")
    try:
        document = tomllib.loads((folder / "profiles.toml").read_text())
    except (OSError, tomllib.TOMLDecodeError):
        return False
    active = os.environ.get("PREFECT_PROFILE") or document.get("active", "")
    return "PREFECT_API_URL" in document.get("profiles", {}).get(active, {})
