"""What is installed is what the lock says, and the lock says nothing of where it came from."""

import re
import sys
from pathlib import Path

import pytest

from tests.architecture.locks import IMAGE, LOCKS, PIN, ROOT, installed, locked, pins

LOCK, CLUSTER_LOCK, PEERS_LOCK = LOCKS[:3]
PROJECT = {"quantum-runtime"}
ENVIRONMENTS = {
    ".venv": (LOCK, {"pip", *PROJECT}),  # what installs, and what is installed
    ".venv-cluster": (CLUSTER_LOCK, PROJECT),
    ".venv-peers": (PEERS_LOCK, set()),
}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_is_installed_is_the_lock_s_name_by_name(environment: str) -> None:
    place = Path(sys.prefix) if environment == ".venv" else ROOT / environment
    lock, beside = ENVIRONMENTS[environment]
    if environment != ".venv" and not (place / ".installed").exists():
        pytest.skip(f"{environment} is not installed here (make help)")
    found = {name: version for name, version in installed(place).items() if name not in beside}
    assert found == {name: pin for name, pin in locked(lock).items() if name not in beside}
    assert len(found) > 100


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_a_lock_names_no_place_and_hashes_everything(lock: Path) -> None:
    text = lock.read_text()
    assert not re.search(r"https?://|--index-url|--find-links|file:", text)
    assert len(PIN.findall(text)) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) > 0


def test_the_overrides_hold_and_what_does_not_fit_stays_out() -> None:
    versions = locked(LOCK)
    assert int(versions["cloudpickle"].split(".")[0]) >= 3
    assert not versions.keys() & {"mitiq", "ucc", "covalent", "openfermion", "cirq-core"}


def test_the_lock_for_clusters_is_the_lock_and_more() -> None:
    more, same = set(pins(CLUSTER_LOCK.read_text())), set(pins(LOCK.read_text()))
    assert same <= more
    names = {name for name, _, _ in more - same}
    assert {"prefect-dask", "prefect-ray", "prefect-docker", "prefect-kubernetes"} <= names


def test_the_image_installs_the_lock_for_clusters_without_what_develops() -> None:
    locks = {path.stem: {pin[:2] for pin in pins(path.read_text())} for path in IMAGE.iterdir()}
    assert set(locks) == {"base", "postgres", "dask", "ray", "docker", "kubernetes"}
    together = set.union(*locks.values())
    assert together <= {pin[:2] for pin in pins(CLUSTER_LOCK.read_text())}
    names = {name for name, _ in together}
    assert {"prefect", "setuptools", "psycopg", "ray", "prefect-kubernetes"} <= names
    assert not names & {"pytest", "mypy", "ruff", "hypothesis", "uv"}
