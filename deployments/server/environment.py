"""What Prefect's processes are told through their environment."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import deployments
from datasets.home import Home
from deployments.server.guard import hosts_of, origins_of
from deployments.server.password import ASKED, GIVEN

QUIET: Final = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    # The command shows progress of its own; Prefect's log goes to its API.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",  # these have a handler of their own
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
}
# A server's standard error is its log file: what goes wrong in it is to be found there.
_TOLD: Final = {
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",
    "PREFECT_LOGGING_INTERNAL_LEVEL": "WARNING",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_COLORS": "0",
    "PREFECT_LOGGING_FORMATTERS_STANDARD_DATEFMT": "%Y-%m-%d %H:%M:%S",
}
# Bigger batches cut the server's work for a task to a third.
BATCHES: Final = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "50",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "50",
}
_SERVER: Final = _TOLD | BATCHES
EPHEMERAL: Final = _SERVER | {
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_UI_ENABLED": "0",
}
# What a server keeps that runs for months; the flow `maintain` prunes runs, artifacts and logs.
_LASTING: Final = _SERVER | {
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_SERVER_UI_ENABLED": "true",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,orphans",  # what `maintain` leaves behind
    # A task run's events take 11 kB, all else of it 5 kB (measured).
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P1D",
    # A day of runs every five minutes is never planned ahead: it would all be late after a pause.
    "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_RUNS": "6",
    "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_RUNS": "2",
    "PREFECT_SERVER_SERVICES_SCHEDULER_DEPLOYMENT_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "30",
}


def prefect_home(home: Home) -> Path:
    """Return the folder of this home's Prefect: its database, and who serves it."""
    return home.root / "prefect"


def quietly() -> None:
    """Have the Prefect of this process say nothing by itself; what is set stays."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)


def guarded(port: int, *, password: str) -> dict[str, str]:
    """Return what lets those in who know the password, and pages of the server's own alone."""
    return {
        ASKED: password,
        GIVEN: password,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": ",".join(origins_of(hosts_of(port))),
    }


def of_server(home: Home, *, url: str, password: str) -> Mapping[str, str]:
    """Return the environment of a server with a UI, at the address of its API."""
    folder, port = prefect_home(home), urlsplit(url).port or 0
    return os.environ | QUIET | _LASTING | guarded(port, password=password) | {
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": url,
        "PREFECT_UI_API_URL": url,
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(folder / "ui"),
    }  # fmt: skip


def of_worker(home: Home, *, url: str, password: str) -> Mapping[str, str]:
    """Return the environment of a worker, which its flows inherit.

    `python` is the one that runs this; the work pool's command asks for it by that name. A flow
    starts in an empty folder, and finds the code of the `qrt` that started the worker.
    """
    code = str(Path(deployments.__path__[0]).parent)
    return os.environ | QUIET | {
        "PREFECT_HOME": str(prefect_home(home)),
        "PREFECT_API_URL": url,
        GIVEN: password,
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PREFECT_WORKER_HEARTBEAT_SECONDS": "10",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        # A run says a line for each stage; that each of its tasks has ended the UI shows anyway.
        "PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL": "WARNING",
        "QRT_HOME": str(home.root),
        "PATH": _before("PATH", str(Path(sys.executable).parent)),
        "PYTHONPATH": _before("PYTHONPATH", code),
    }  # fmt: skip


def _before(name: str, folder: str) -> str:
    """Return a list of folders of the environment with one more, which is looked at first."""
    return os.pathsep.join(filter(None, (folder, os.environ.get(name))))
