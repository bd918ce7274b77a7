"""A forked command is a process of its own in everything that a command can tell."""

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Command
from tests.e2e.prefect_api import Api

pytestmark = pytest.mark.e2e

TOLD = "tests.e2e.test_preloaded:tell"
STUCK = "tests.e2e.test_preloaded:wait_for_ever"


def tell() -> int:
    """Print what a process has of its own, and exit with 7."""
    import random
    import threading
    import uuid

    import numpy as np
    from prefect.settings import get_current_settings

    from datasets.home import home

    settings = get_current_settings()
    known = {
        "pid": os.getpid(),
        "arguments": sys.argv[1:],
        "folder": str(Path.cwd()),
        "home": str(home().root),
        "api": settings.api.url,
        "log": settings.logging.level,
        "mine": os.environ.get("MINE"),
        "threads": threading.active_count(),
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "dice": [random.random(), float(np.random.rand()), str(uuid.uuid4())],  # noqa: S311, NPY002
    }
    sys.stderr.write("beside\n")
    sys.stdout.write(json.dumps(known))
    return 7


def wait_for_ever() -> None:
    """Wait for a signal."""
    sys.stdout.write("started\n")
    sys.stdout.flush()
    signal.pause()


def test_a_child_has_its_own_environment_settings_streams_and_exit_code(
    qrt: Command, qrt_home: Path, prefect_api: Api
) -> None:
    ran = qrt("a", "b", main=TOLD, MINE="1", PREFECT_LOGGING_LEVEL="ERROR")
    told = ran.answer
    assert (ran.code, ran.err) == (7, "beside\n")
    assert told["arguments"] == ["a", "b"]
    assert (told["home"], told["api"]) == (str(qrt_home), prefect_api.url)
    assert (told["mine"], told["log"]) == ("1", "ERROR")
    assert told["threads"] == 1


def test_nothing_of_a_child_is_left_for_the_next(qrt: Command) -> None:
    first = qrt("a", main=TOLD, MINE="1", PREFECT_LOGGING_LEVEL="ERROR").answer
    second = qrt(main=TOLD).answer
    assert second["pid"] != first["pid"]
    assert (second["mine"], second["arguments"]) == (None, [])
    assert second["log"] != "ERROR"
    assert second["files"] == first["files"]
    assert not set(map(str, first["dice"])) & set(map(str, second["dice"]))


def test_a_child_and_a_new_interpreter_tell_the_same(qrt: Command) -> None:
    free = {"pid", "dice", "files"}
    forked, fresh = (qrt("a", main=TOLD, fresh=fresh).answer for fresh in (False, True))
    assert {k: v for k, v in forked.items() if k not in free} == {
        k: v for k, v in fresh.items() if k not in free
    }


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_signal_ends_a_child_and_no_other(how: signal.Signals, qrt: Command) -> None:
    one, other = (qrt.start(main=STUCK) for _ in range(2))
    one.process.send_signal(how)
    assert one.ended().code == -how
    assert qrt("runs", "--json").answer == []
    other.process.send_signal(signal.SIGKILL)
    assert other.ended().code == -signal.SIGKILL


def test_what_is_read_when_an_interpreter_starts_cannot_be_given_to_a_child(qrt: Command) -> None:
    with pytest.raises(ValueError, match="PYTHONHASHSEED"):
        qrt("runs", PYTHONHASHSEED="99")


def test_a_query_leaves_standard_error_empty(qrt: Command) -> None:
    for fresh in (False, True):
        ran = qrt("query", "select 1 as one", "--json", fresh=fresh)
        assert (ran.code, ran.answer, ran.err) == (0, [{"one": 1}], "")
