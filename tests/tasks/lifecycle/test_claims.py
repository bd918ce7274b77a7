"""Two processes never work on one run."""

import subprocess
import sys
from pathlib import Path

import pytest

from datasets.layout import Home
from datasets.records.executions import RunId
from tasks.errors import BadInput
from tasks.lifecycle.claims import claim, is_claimed, release

HOLD = """
import sys, time
from pathlib import Path
from datasets.layout import Home
from tasks.lifecycle.claims import claim
claim("r", home=Home(Path(sys.argv[1])))
print("held", flush=True)
time.sleep(60)
"""


def test_a_claim_ends_with_the_process_that_holds_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        assert is_claimed(RunId("r"), home=home)
        with pytest.raises(BadInput, match=f"being worked on by process {holder.pid}"):
            claim(RunId("r"), home=home)
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    assert not is_claimed(RunId("r"), home=home)
    claim(RunId("r"), home=home)
    assert is_claimed(RunId("r"), home=home)
    claim(RunId("r"), home=home)
    release(RunId("r"), home=home)
    release(RunId("r"), home=home)
