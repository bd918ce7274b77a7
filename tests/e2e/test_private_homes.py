"""What a command leaves in its home nobody else can read, whatever the umask."""

import os
import pwd
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import QRT, ROOT, interpreter

pytestmark = pytest.mark.e2e

CIRCUIT = "OPENQASM 3.0; input float a; qubit[1] q; ry(a) q[0];"
SWEEP = ("sweep", "--circuit", CIRCUIT, "--points", "a=0:pi:3", "--target", "emulator:garnet")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that everybody may look into, as /srv is."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def run(home: Path, *arguments: str, umask: int) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "QRT"))}
    return subprocess.run(
        interpreter(QRT, *arguments),
        env=environment | {"QRT_HOME": str(home), "HOME": str(home.parent)},
        cwd=ROOT,
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )


def wide(root: Path) -> dict[str, str]:
    """Return what others have rights to: each path with its mode."""
    return {
        str(path): oct(found)
        for path in (root, *root.rglob("*"))
        if (found := stat.S_IMODE(path.lstat().st_mode)) & 0o077 and not path.is_symlink()
    }


@pytest.mark.parametrize("umask", [0o000, 0o022])
def test_a_first_command_leaves_a_home_that_is_its_user_s_alone(
    umask: int, open_folder: Path
) -> None:
    home = open_folder / "home"
    ran = run(home, *SWEEP, umask=umask)
    assert ran.returncode == 0, ran.stderr
    assert "yours alone" not in ran.stderr
    names = {path.name for path in home.rglob("*")}
    assert {"prefect.db", "journal.db", "counts"} <= names
    assert wide(home) == {}
    if os.geteuid() == 0:
        assert read_by_nobody(home) == []


def read_by_nobody(home: Path) -> list[str]:
    """Return what another user can read of the files of a home, by whatever name."""
    files = [str(path) for path in home.rglob("*") if path.is_file()]
    program = (
        "import os, sys\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n"
        "        os.close(os.open(path, os.O_RDONLY)); print(path)\n"
        "    except PermissionError: pass\n"
    )
    nobody = pwd.getpwnam("nobody")
    tried = subprocess.run(
        ["python3", "-c", program, *files],
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    return tried.stdout.splitlines()
