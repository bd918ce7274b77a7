"""Run a command with a PostgreSQL server of its own, of Debian's package, and stop it afterwards.

Usage: python -m tests.postgres_server COMMAND...
The command finds the server's URL in QRT_TEST_POSTGRES_URL. As root the package is installed when
it is missing, and the server runs as the user that it comes with.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NoReturn

URL: Final = "QRT_TEST_POSTGRES_URL"
LOCKED_ROLE: Final = "qrt_locked"  # the one role that has to give a password
START_S, STOP_S = 60, 30
_VERSIONS: Final = Path("/usr/lib/postgresql")
_ACCESS: Final = f"""\
host all {LOCKED_ROLE} 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""
# Nothing here outlives the tests, so nothing waits for a disk. The rest is how a server may be set
# up that is not ours: the journal must not rely on its zone or its isolation.
_SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "timezone": "Asia/Kolkata",
    "default_transaction_isolation": "repeatable read",
}


class ServerMissing(Exception):  # noqa: N818 - it says what is wrong
    """There is no server to be had; the message says why."""


def main(command: Sequence[str]) -> int:
    """Run the command beside a server and return its exit code."""
    # Ended politely, it ends what it started; Ctrl-C reaches the command by itself.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        with server() as url:
            return _run(command, os.environ | {URL: url})
    except ServerMissing as error:
        print(error, file=sys.stderr)  # noqa: T201 - it is a command
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


@contextmanager
def server() -> Iterator[str]:
    """Start a server in a temporary folder, and stop it when the block ends."""
    programs, owner = _programs(), _owner()
    folder = Path(tempfile.mkdtemp(prefix="qrt-postgres-"))
    try:
        if owner:
            shutil.chown(folder, owner["user"], owner["group"])
        _make(folder, programs, owner)
        port = _free_port()
        running = _start(folder, programs, owner, port=port)
        try:
            _await(running, programs, folder, port=port)
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            _stop(running)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Return the folder of the newest version's programs, installing the package where possible."""
    if not _installed() and os.geteuid() == 0 and shutil.which("apt-get"):
        # With this run level Debian does not start the server that the package sets up.
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        subprocess.run(["apt-get", "install", "-y", "-q", "postgresql"], env=quiet, check=False)
    if not _installed():
        message = (
            f"There is no PostgreSQL server in {_VERSIONS}. Install Debian's package: "
            "`apt-get update && apt-get install postgresql`, as root."
        )
        raise ServerMissing(message)
    return max(_installed(), key=lambda path: int(path.parent.name))


def _installed() -> list[Path]:
    found = _VERSIONS.glob("[0-9]*/bin/postgres")
    return [path.parent for path in found if path.parent.parent.name.isdigit()]


def _owner() -> dict[str, Any]:
    """Return who runs the server: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _make(folder: Path, programs: Path, owner: dict[str, Any]) -> None:
    """Make the files of an empty server."""
    options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    made = subprocess.run(
        [programs / "initdb", *options, "--pgdata", folder / "data"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        **owner,
    )
    if made.returncode:
        message = f"PostgreSQL could not be set up: {made.stderr.strip()}"
        raise ServerMissing(message)
    (folder / "data" / "pg_hba.conf").write_text(_ACCESS)


def _start(
    folder: Path, programs: Path, owner: dict[str, Any], *, port: int
) -> "subprocess.Popen[bytes]":
    settings = _SETTINGS | {"port": str(port), "unix_socket_directories": str(folder)}
    flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *flags],
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C ends the tests first
            **owner,
        )


def _await(running: "subprocess.Popen[bytes]", programs: Path, folder: Path, *, port: int) -> None:
    """Wait until the server answers."""
    asked = [programs / "pg_isready", "--quiet", "--host=127.0.0.1", f"--port={port}"]
    deadline = time.monotonic() + START_S
    while subprocess.run(asked, check=False).returncode:
        if running.poll() is not None or time.monotonic() > deadline:
            last = (folder / "log").read_text().strip().splitlines()[-3:]
            message = f"PostgreSQL did not start: {' '.join(last)}"
            raise ServerMissing(message)
        time.sleep(0.1)


def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run the command; whatever ends us ends it first."""
    with subprocess.Popen(command, env=environment) as running:
        try:
            return running.wait()
        except BaseException:
            running.terminate()
            raise


def _stop(running: "subprocess.Popen[bytes]") -> None:
    """Stop the server at once, whoever is still connected."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        running.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            running.wait(STOP_S)
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _leave(number: int, frame: object) -> NoReturn:
    del frame
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
