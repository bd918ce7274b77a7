"""What locks pin, and what an environment holds."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
IMAGE = ROOT / "deployments" / "docker" / "locks"
LOCKS = (
    ROOT / "requirements.lock",
    ROOT / "requirements-cluster.lock",
    ROOT / "benchmarks" / "peers" / "requirements.lock",
    *sorted(IMAGE.glob("*.lock")),
)
PIN = re.compile(
    r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==(\S+?)(?: ; (.*?))? \\\n((?:    --hash=\S+(?: \\)?\n)+)",
    re.MULTILINE,
)


def pins(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the name, the version and the marker of everything that a lock pins."""
    for name, version, marker, _ in PIN.findall(text):
        yield str(canonicalize_name(name)), version, marker


def locked(*locks: Path) -> dict[str, str]:
    """Return the versions that locks pin for this Python and platform."""
    return {
        name: version
        for lock in locks
        for name, version, marker in pins(lock.read_text())
        if not marker or Marker(marker).evaluate()
    }


def installed(environment: Path) -> dict[str, str]:
    """Return the versions that an environment holds."""
    (packages,) = environment.glob("lib/python3*/site-packages")
    found = distributions(path=[str(packages)])
    return {str(canonicalize_name(each.name)): each.version for each in found}
