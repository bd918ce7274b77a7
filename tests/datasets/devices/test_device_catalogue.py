"""Targets are found by name, quickly, and unknown ones say what there is."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from datasets.devices import catalogue
from datasets.devices.document import write_snapshot
from tasks.errors import BadInput, UnknownName


def test_names_are_the_bundled_targets() -> None:
    assert catalogue.names() == (
        "local:sv",
        "local:dm",
        "emulator:cepheus",
        "emulator:dm1",
        "emulator:emerald",
        "emulator:forte-enterprise",
        "emulator:garnet",
        "emulator:garnet@2025-07-06",
        "emulator:sv1",
    )


@pytest.mark.parametrize("name", catalogue.names())
def test_every_name_resolves(name: str) -> None:
    assert catalogue.resolve(name).n_qubits > 0


def test_a_name_without_a_date_is_the_newest_calibration() -> None:
    newest = catalogue.resolve("emulator:garnet")
    assert newest == catalogue.resolve("emulator:garnet@2026-05-05")
    assert newest.published_at > catalogue.resolve("emulator:garnet@2025-07-06").published_at


def test_a_path_resolves_to_the_snapshot_in_the_file(tmp_path: Path) -> None:
    garnet = catalogue.resolve("emulator:garnet")
    path = tmp_path / "mine.json"
    path.write_text(write_snapshot(garnet), encoding="utf-8")
    assert catalogue.resolve(f"emulator:{path}") == garnet


@pytest.mark.parametrize(
    "target",
    [
        "",
        "garnet",
        "local:",
        "local:gpu",
        "emulator:",
        "emulator:local-sv",
        "emulator:aria",
        "emulator:garnet@",
        "emulator:garnet@2020-01-01",
        "emulator:garnet@2026-05-05@",
        "emulator:../devices/garnet",
        "EMULATOR:garnet",
    ],
)
def test_an_unknown_target_says_what_there_is(target: str) -> None:
    with pytest.raises(UnknownName, match="Choose one of: local:sv, local:dm, emulator:cepheus"):
        catalogue.resolve(target)


def test_a_device_of_an_account_is_not_in_the_catalogue() -> None:
    with pytest.raises(UnknownName, match=r"Unknown target .*emulator:garnet"):
        catalogue.resolve("braket:arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b"{", "is not JSON"),
    ],
)
def test_a_path_to_anything_else_is_refused_in_one_line(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "odd.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=words) as refusal:
        catalogue.resolve(f"emulator:{path}")
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(BadInput, match="is a folder"):
        catalogue.resolve(f"emulator:{tmp_path / 'folder.json'}")


@pytest.mark.parametrize("path", ["a\0b.json", "~nobody-of-this-name/a.json"])
def test_a_path_that_cannot_be_is_refused(path: str) -> None:
    with pytest.raises(BadInput, match="is not a path"):
        catalogue.resolve(f"emulator:{path}")


def test_resolving_takes_less_than_fifty_milliseconds() -> None:
    catalogue.resolve.__globals__["_bundled"].cache_clear()
    started = time.process_time()
    catalogue.resolve("emulator:garnet")
    assert time.process_time() - started < 0.05


def test_resolving_imports_nothing_heavy() -> None:
    program = (
        "import sys; from datasets.devices import catalogue; catalogue.resolve('emulator:garnet'); "
        "print(*{'numpy', 'braket', 'qiskit', 'prefect', 'pandas', 'rich'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b""
