"""Whatever is released after the locks were made, every way to install takes what they pin."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path

import pytest
import uv

from tests.architecture.locks import IMAGE, LOCKS, ROOT, VERSION, installed, locked
from tests.architecture.releases import UNASKED, release, standing_in

pytestmark = pytest.mark.slow
LOCK, CLUSTER_LOCK, PEERS_LOCK = LOCKS[:3]
PACKAGES = ("flows", "blocks", "tasks", "datasets", "deployments")
INSTALLS = re.compile(r"pip3? (install|download|wheel|sync)|uv (sync|run|add|tool)|uvx |pipx ")
INSTALLERS = {"deployments/install.sh"}
RUN = re.compile(r"^RUN (.+?[^\\])$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Checkout:
    """A fresh checkout on a machine whose package index has moved on."""

    folder: Path
    index: Path

    def run(self, *command: str) -> None:
        """Run a command there, with no other index than the stand-ins'."""
        told = {
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.index),
            "PIP_CONFIG_FILE": "/dev/null",
        }
        told |= {"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(self.index), "UV_OFFLINE": "1"}
        told |= {"UV_CACHE_DIR": str(self.folder / "cache"), "XDG_CONFIG_HOME": str(self.folder)}
        told |= {"UV_OVERRIDE": str(self.folder / "uv" / "overrides")}
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PIP_", "MAKE"))
        }
        done = subprocess.run(
            command, cwd=self.folder, env=kept | told, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of releases: those that the locks pin, and newer ones."""
    folder = tmp_path_factory.mktemp("index")
    release(folder, locks=[lock.read_text() for lock in LOCKS], uv=uv.find_uv_bin())
    return folder


@pytest.fixture
def checkout(tmp_path: Path, index: Path) -> Checkout:
    """Return a checkout whose own and whose user's configuration asks for what is newest."""
    for name in ("Makefile", "Dockerfile", "pyproject.toml", "deployments/install.sh"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in PACKAGES:
        (tmp_path / name).mkdir(exist_ok=True)
    for lock in LOCKS:
        place = tmp_path / lock.relative_to(ROOT)
        place.parent.mkdir(exist_ok=True, parents=True)
        place.write_text(standing_in(lock.read_text(), index))
    newest = [f"{name}>=0" for name in sorted(locked(*LOCKS))]
    asked = f"override-dependencies = {newest!r}\n"
    with (tmp_path / "pyproject.toml").open("a") as project:
        project.write(f"\n[tool.uv]\n{asked}")
    (tmp_path / "uv").mkdir()
    (tmp_path / "uv" / "uv.toml").write_text(asked)
    (tmp_path / "uv" / "overrides").write_text("\n".join(newest))
    return Checkout(folder=tmp_path, index=index)


def test_setting_up_takes_what_the_lock_pins(checkout: Checkout) -> None:
    checkout.run("make", "setup", f"PYTHON={sys.executable}")
    assert_locked(checkout.folder / ".venv", LOCK, beside={"pip"})


def test_what_pip_and_uv_are_told_for_other_installations_counts_for_nothing(
    checkout: Checkout,
) -> None:
    elsewhere = str(checkout.folder / "elsewhere")
    config = checkout.folder / "pip.conf"
    mirror = f"find-links = {checkout.index}"
    config.write_text(
        f"[global]\n{mirror}\nuser = true\nno-binary = :all:\nconstraint = {elsewhere}\n"
        f"[install]\ntarget = {elsewhere}\n"
    )
    (checkout.folder / "uv.toml").write_text(f"[pip]\ntarget = {elsewhere!r}\n")
    told = {
        "PIP_CONFIG_FILE": str(config), "PIP_USER": "1", "PIP_DRY_RUN": "1",
        "PIP_TARGET": elsewhere, "PIP_NO_BINARY": ":all:", "PIP_CONSTRAINT": elsewhere,
        "UV_CONFIG_FILE": str(checkout.folder / "uv.toml"), "UV_NO_BINARY": "1",
        "UV_NO_BUILD": "1", "UV_TARGET": elsewhere, "UV_SYSTEM_PYTHON": "1", "UV_PYTHON": "3.9",
        "PYTHONPATH": elsewhere, "PYTHONWARNINGS": "error", "VIRTUAL_ENV": elsewhere,
    }  # fmt: skip
    settings = [f"{name}={value}" for name, value in told.items()]
    (checkout.folder / "elsewhere").mkdir()
    (checkout.folder / "elsewhere" / "uv.py").write_text("raise ImportError")
    make = ("make", "setup", f"PYTHON={sys.executable}")
    checkout.run("env", "-u", "PIP_FIND_LINKS", *settings, *make)
    assert_locked(checkout.folder / ".venv", LOCK, beside={"pip"})
    assert [path.name for path in (checkout.folder / "elsewhere").iterdir()] == ["uv.py"]


@pytest.mark.parametrize(
    ("target", "environment", "lock"),
    [("cluster", ".venv-cluster", CLUSTER_LOCK), ("bench-peers", ".venv-peers", PEERS_LOCK)],
)
def test_what_is_installed_beside_takes_what_its_lock_pins(
    checkout: Checkout, target: str, environment: str, lock: Path
) -> None:
    checkout.run("make", target, f"PYTHON={sys.executable}")
    ours = target == "cluster"
    assert_locked(checkout.folder / environment, lock, ours=ours)


@pytest.mark.parametrize("extras", ["postgres", "postgres dask ray docker kubernetes"])
def test_the_image_takes_what_its_locks_pin(checkout: Checkout, extras: str) -> None:
    checkout.run(sys.executable, "-m", "venv", "system")
    steps = (checkout.folder / "Dockerfile").read_text().split("\nFROM ")[1]
    for step in RUN.findall(steps):
        here = step.replace("/opt/venv", "image").replace(" python ", " system/bin/python ")
        checkout.run("env", f"EXTRAS={extras}", "sh", "-euc", here)
    names = ["base", *extras.split()]
    assert_locked(checkout.folder / "image", *(IMAGE / f"{name}.lock" for name in names))


def test_plain_pip_takes_what_the_lock_pins(checkout: Checkout) -> None:
    checkout.run(sys.executable, "-m", "venv", ".venv")
    pip = (".venv/bin/python", "-m", "pip", "install", "--no-deps")
    checkout.run(*pip, "--require-hashes", "-r", "requirements.lock")
    checkout.run(*pip, "--no-build-isolation", "--editable", ".")
    assert_locked(checkout.folder / ".venv", LOCK, beside={"pip"})


def test_packages_that_the_lock_has_dropped_go(checkout: Checkout) -> None:
    checkout.run("make", "setup", f"PYTHON={sys.executable}")
    dropped = checkout.index / f"{UNASKED.replace('-', '_')}-1.0-py3-none-any.whl"
    checkout.run(".venv/bin/python", "-m", "pip", "install", "--no-deps", str(dropped))
    os.utime(checkout.folder / "requirements.lock")
    checkout.run("make", "setup")
    assert_locked(checkout.folder / ".venv", LOCK, beside={"pip"})


def test_nothing_else_in_the_project_installs_packages() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = {
        f"{name}: {line.strip()}"
        for name in listed.stdout.split()
        if not name.endswith((".lock", ".json", ".parquet", ".db", "test_installation.py"))
        for line in (ROOT / name).read_text(errors="replace").splitlines()
        if INSTALLS.search(line) and name not in INSTALLERS
        if "--require-hashes" not in line and "--editable ." not in line
    }
    assert found == set()


def assert_locked(
    environment: Path, *locks: Path, beside: Collection[str] = (), ours: bool = True
) -> None:
    """Hold an environment against locks, name by name, and the project against its back end."""
    found = installed(environment)
    assert {name: found.pop(name) for name in beside}.keys() == set(beside)
    if ours:
        assert found.pop("quantum-runtime") == VERSION
        assert _builder(environment) == locked(*locks)["setuptools"]
    assert found == locked(*locks)


def _builder(environment: Path) -> str:
    """Return the version of the back end that built the project."""
    (packages,) = environment.glob("lib/python3*/site-packages")
    (ours,) = (d for d in distributions(path=[str(packages)]) if d.name == "quantum-runtime")
    return str(ours.metadata["Summary"])
