"""Use the Prefect server that is configured, or start one for the length of a command.

The server starts before the heavy imports, in a process of its own, so that both go on together.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from datasets.home import Home
from deployments.server.address import accepts, answers_in_time, check_usable, listening
from deployments.server.environment import EPHEMERAL, guarded, prefect_home, quietly
from deployments.server.lease import Serving, serving
from deployments.server.password import GIVEN, auth_file, given, new_password, password_of
from deployments.server.process import ServerProcess
from tasks.errors import BadInput, StorageFault


class Server(Protocol):
    """A server that may still be starting."""

    @property
    def url(self) -> str:
        """The address of its API."""
        ...

    @property
    def settings(self) -> Mapping[str, str]:
        """What Prefect's clients need: the address of its API, and the password."""
        ...

    @property
    def patience_s(self) -> float:
        """How long it may be unreachable before it counts as ended."""
        ...

    @property
    def hint(self) -> str:
        """Where people look when it has ended."""
        ...

    @property
    def alive(self) -> bool:
        """Whether it is running, as far as that shows without a request."""
        ...

    def ready(self) -> None:
        """Wait until it answers."""
        ...


class EphemeralServer:
    """A server on a free port; `ready` waits for it, `stop` ends it."""

    patience_s = 1.0

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

    @property
    def hint(self) -> str:
        """Its log."""
        return f"{self._process.log} says why."

    @property
    def alive(self) -> bool:
        """Whether its process goes on."""
        return self._process.alive

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

    patience_s = 1.0
    hint = "See `qrt up`."

    def __init__(self, found: Serving, home: Home) -> None:
        self._found, self._home = found, home

    @property
    def url(self) -> str:
        """The address of its API."""
        return self._found.url

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

    @property
    def alive(self) -> bool:
        """Whether `qrt up` keeps it still."""
        found = serving(self._home)
        return found is not None and found.url == self.url

    def ready(self) -> None:
        """Wait until it answers.

        Raises:
            StorageFault: it has ended meanwhile, or takes too long.
            BadInput: the password is not the one that it began with.
        """
        if not answers_in_time(self._found.url, going_on=lambda: serving(self._home) is not None):
            message = f"The Prefect server at {self._found.ui} does not answer. See `qrt up`."
            raise StorageFault(message)
        changed = f"{auth_file(self._home)} has changed since `qrt up` began: start that again."
        given_then = f"Set {GIVEN} to what it was when `qrt up` began."
        remedy = {"home": changed}.get(self._found.password, given_then)
        check_usable(self.url, settings={**os.environ, **self.settings}, remedy=remedy)


def home_server(home: Home) -> HomeServer | None:
    """Return the server that `qrt up` keeps for this home, unless the environment names another."""
    found, named = serving(home), os.environ.get("PREFECT_API_URL", "").rstrip("/")
    named = named.replace("//localhost:", "//127.0.0.1:")
    if found is None or named not in {"", found.url} or (named and given()):
        return None
    return HomeServer(found, home)


@dataclass(frozen=True, slots=True)
class NamedServer:
    """A server of somebody's, that the environment or a profile names."""

    url: str
    environment: Mapping[str, str]
    patience_s: float = 15.0  # it may be started again
    hint: str = "Its keepers know why."

    @property
    def settings(self) -> Mapping[str, str]:
        """The address of its API; who we are is in the environment, or the profile."""
        return {"PREFECT_API_URL": self.url}

    @property
    def alive(self) -> bool:
        """Whether somebody takes connections there."""
        return accepts(self.url)

    def ready(self) -> None:
        """Check that it can be used.

        Raises:
            BadInput: it does not answer, or does not know us.
        """
        check_usable(self.url, settings=self.environment)


@contextmanager
def prefect_server(home: Home) -> Iterator[Server]:
    """Yield a server that may be starting; one that is named by somebody is there, or refused.

    That is the one that the environment names, that `qrt up` keeps for this home, that a profile
    names, or one for as long as the block takes. Sets the environment that Prefect reads when it is
    imported; import it afterwards.

    Raises:
        BadInput: the one that is named does not answer, or does not know us.
    """
    quietly()
    if server := home_server(home):
        os.environ |= server.settings
        yield server
    elif named := os.environ.get("PREFECT_API_URL"):
        yield _checked(named, os.environ)
    elif named := profile_in_force().get("PREFECT_API_URL"):
        yield _checked(named, {**profile_in_force(), **os.environ})
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


def _checked(url: str, environment: Mapping[str, str]) -> NamedServer:
    server = NamedServer(url, environment)
    server.ready()
    return server


def profile_in_force() -> Mapping[str, str]:
    """Return the settings of Prefect's profile that is in force."""
    folder = Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect")
    try:
        document = tomllib.loads((folder / "profiles.toml").read_text("utf-8"))
        profiles = document.get("profiles", {})
        found = profiles.get(os.environ.get("PREFECT_PROFILE") or document.get("active", ""), {})
        return {name: str(value) for name, value in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}  # it names none that could be understood
