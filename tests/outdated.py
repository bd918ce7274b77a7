"""What an upgrade of everything would change, and what it would break; no lock is touched.

Usage: python -m tests.outdated [--beyond NAME]...
Resolves pyproject.toml anew into a scratch environment, runs the core suite and the smoke test
there, and prints both. `--beyond` takes the upper bound off a direct dependency. Exit code 1 says
that something would break.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.architecture.locks import ROOT, locked, pins

COMPILE = ("--no-config", "pip", "compile", "--quiet", "--universal")
SUITES = ("test-core", "smoke")
SHOWN = 25  # lines of what failed


def main(arguments: list[str]) -> int:
    """Try tomorrow, and say how it went."""
    parser = argparse.ArgumentParser(prog="make outdated", description=__doc__)
    parser.add_argument("--beyond", action="append", default=[], metavar="NAME")
    beyond = parser.parse_args(arguments).beyond
    with tempfile.TemporaryDirectory(prefix="qrt-outdated-") as scratch:
        copy = Path(scratch) / "project"
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
        (Path(scratch) / "shared").symlink_to(ROOT.parent / "shared")
        project = copy / "pyproject.toml"
        project.write_text(unbound(project.read_text(), beyond))
        resolve(copy)
        told = moved(locked(ROOT / "requirements.lock"), locked(copy / "requirements.lock"))
        say(*told or ["Every pin is the newest that pyproject.toml allows."])
        say(*held(copy, beyond))
        return broken(copy) if told else 0


def unbound(project: str, names: list[str]) -> str:
    """Return pyproject.toml without the upper bounds of some dependencies."""
    for name in names:
        project, found = re.subn(
            rf'("{re.escape(name)}(?:\[\w+\])?>=[^",]+),<[^"]+"', r'\1"', project
        )
        if not found:
            sys.exit(f"pyproject.toml holds no upper bound of {name}.")
    return project


def resolve(project: Path) -> None:
    """Write the locks that would be made today, by the tools of this environment."""
    here = ("make", "--old-file", f"{sys.prefix}/.installed", f"VENV={sys.prefix}")
    subprocess.run([*here, "lock", "UPGRADE=--upgrade"], cwd=project, env=bare(), check=True)


def moved(old: dict[str, str], new: dict[str, str]) -> list[str]:
    """Say which pins would change."""
    names = sorted(old.keys() | new.keys())
    return [
        f"{name:<34} {old.get(name, '-'):>14} -> {new.get(name, 'gone')}"
        for name in names
        if old.get(name) != new.get(name)
    ]


def held(project: Path, beyond: list[str]) -> list[str]:
    """Say which direct dependencies have newer releases than their bounds allow."""
    free = project / "free.lock"
    text = (project / "pyproject.toml").read_text()
    bounded = sorted(set(re.findall(r'"([a-z0-9-]+)(?:\[\w+\])?>=[^",]+,<', text)) - set(beyond))
    asked = project / "free.in"
    asked.write_text("\n".join(bounded))
    uv = (sys.executable, "-m", "uv", *COMPILE, "--no-deps", str(asked), "-o", str(free))
    subprocess.run(uv, cwd=project, check=True)
    newest = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", free.read_text(), re.MULTILINE))
    taken = {
        name: version for name, version, _ in pins((project / "requirements.lock").read_text())
    }
    return [
        f"held by its bound: {name} {taken[name]}; {newest[name]} is out "
        f"(make outdated BEYOND={name} tries it)"
        for name in bounded
        if name in taken and newest.get(name, taken[name]) != taken[name]
    ]


def broken(project: Path) -> int:
    """Install that lock, run what decides, and return 1 if anything fails."""
    environment = project / ".venv"
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    install = ("sh", "deployments/install.sh", str(python), str(environment), "requirements.lock")
    subprocess.run(install, cwd=project, check=True)
    (environment / ".installed").touch()
    failed = [target for target in SUITES if not passes(project, target)]
    say(f"An upgrade would break: {', '.join(failed)}." if failed else "Nothing breaks.")
    return int(bool(failed))


def passes(project: Path, target: str) -> bool:
    """Run a target of the Makefile there; of one that fails the last lines are shown."""
    say(f"make {target} ...")
    done = subprocess.run(
        ["make", target], cwd=project, env=bare(), capture_output=True, text=True, check=False
    )
    lines = f"{done.stdout}{done.stderr}".strip().splitlines()
    say(*lines[-1:] if done.returncode == 0 else lines[-SHOWN:])
    return done.returncode == 0


def bare() -> dict[str, str]:
    """Return the environment without what a make above has put there."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}


def say(*lines: str) -> None:
    """Print at once: a run of it takes long."""
    for line in lines:
        print(line, flush=True)  # noqa: T201 - it is a command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
