"""What is installed is what the lock says, and the lock says nothing of where it came from."""

import importlib.metadata
import re
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
PINNED = re.compile(r"^([A-Za-z0-9_.\-\[\]]+)==(\S+?)(?: ; (.*?))? \\$", re.MULTILINE)
NEVER_LOCKED = {"pip", "setuptools", "quantum-runtime"}  # what installs, and what is installed


def locked() -> dict[str, str]:
    """Return the versions that the lock pins for this Python and platform."""
    found = PINNED.findall((ROOT / "requirements.lock").read_text())
    return {
        str(canonicalize_name(name)): version
        for name, version, marker in found
        if not marker or Marker(marker).evaluate()
    }


def test_every_installed_version_is_the_lock_s() -> None:
    pins = locked()
    assert len(pins) > 100
    installed = {name: importlib.metadata.version(name) for name in pins}
    assert installed == pins


def test_nothing_is_installed_that_the_lock_does_not_know() -> None:
    installed = {str(canonicalize_name(found.name)) for found in importlib.metadata.distributions()}
    assert installed - locked().keys() - NEVER_LOCKED == set()


def test_the_lock_names_no_place_and_hashes_everything() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"https?://|--index-url|--find-links|file:", text)
    assert text.count("--hash=sha256:") >= len(PINNED.findall(text))


def test_the_bounds_that_keep_the_stack_together_hold() -> None:
    pins = locked()
    assert int(pins["fastapi"].split(".")[1]) < 151
    assert int(pins["cloudpickle"].split(".")[0]) >= 3
    assert not pins.keys() & {"mitiq", "ucc", "covalent", "openfermion", "cirq-core"}


def test_the_lock_for_clusters_is_the_lock_and_more() -> None:
    text = (ROOT / "requirements-cluster.lock").read_text()
    more = {str(canonicalize_name(name)): version for name, version, _ in PINNED.findall(text)}
    same = {
        str(canonicalize_name(name)): version
        for name, version, _ in PINNED.findall((ROOT / "requirements.lock").read_text())
    }
    assert {name: more.get(name) for name in same} == same
    assert {"prefect-dask", "prefect-ray", "prefect-docker", "prefect-kubernetes"} <= more.keys()
    assert not re.search(r"https?://|--index-url|--find-links|file:", text)
