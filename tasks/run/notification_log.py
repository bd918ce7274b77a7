"""What people were told of, a line of JSON each, in the home's logs."""

import fcntl
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from datasets.files.writing import open_shared
from datasets.home import Home

_ENDING: Final = ("flow_run_id", "state", "attempt")  # a flow run that is retried may fail again


def notices(home: Home) -> Path:
    """Return the file."""
    return home.logs / "notices.jsonl"


def keep_notice(notice: Mapping[str, str], *, home: Home) -> bool:
    """Add one line, unless the same ending of the flow run is there; return whether it was added.

    Whoever asks twice, at the same moment or later, is told so: nobody is to be told again.
    """
    with open_shared(notices(home)) as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        if notice.get("flow_run_id") and any(_same(line, notice) for line in stream):
            return False
        stream.write(json.dumps(notice) + "\n")
    return True


def _same(line: str, notice: Mapping[str, str]) -> bool:
    try:
        there = json.loads(line)
    except ValueError:
        return False  # a line that was cut off
    return all(str(there.get(name, "")) == notice.get(name, "") for name in _ENDING)
