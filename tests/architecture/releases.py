"""A package index of stand-ins: every pinned release, and a newer one of each.

A stand-in is an empty wheel that asks for a package which no lock knows, so that whoever resolves
anything installs what was not asked for. Two of them do what the real ones do: `uv` hands over to
the real uv, and `setuptools` builds the project, saying which version of it did.
"""

import base64
import hashlib
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.architecture.locks import PIN, VERSION, pins

UNASKED: Final = "released-tomorrow"
_BACK_END: Final = """
import zipfile

def get_requires_for_build_editable(config_settings=None):
    return []

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    name, info = "quantum_runtime-VERSION-py3-none-any.whl", "quantum_runtime-VERSION.dist-info/"
    with zipfile.ZipFile(wheel_directory + "/" + name, "w") as wheel:
        said = "Name: quantum-runtime\\nVersion: VERSION\\nSummary: {version}\\n"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\n" + said)
        tags = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr(info + "WHEEL", tags)
        files = ["METADATA", "WHEEL", "RECORD"]
        wheel.writestr(info + "RECORD", "".join(info + file + ",,\\n" for file in files))
    return name
"""


def release(folder: Path, *, locks: Iterable[str], uv: str) -> None:
    """Write a stand-in of all that locks pin, and one of a newer release of each."""
    wanted = {pin[:2] for text in locks for pin in pins(text)}
    newer = {(name, f"{version}.1") for name, version in wanted}
    for name, version in wanted | newer | {(UNASKED, "1.0")}:
        _write(folder, name, version, uv=uv)


def standing_in(text: str, folder: Path) -> str:
    """Return a lock with the hashes of the stand-ins."""

    def _hashed(match: "re.Match[str]") -> str:
        pinned, name, version = match[0].split(" \\\n", 1)[0], match[1], match[2]
        digest = hashlib.sha256((folder / _file(name, version)).read_bytes()).hexdigest()
        return f"{pinned} \\\n    --hash=sha256:{digest}\n"

    return PIN.sub(_hashed, text)


def _file(name: str, version: str) -> str:
    return f"{re.sub('[-_.]+', '_', name).lower()}-{version}-py3-none-any.whl"


def _write(folder: Path, name: str, version: str, *, uv: str) -> None:
    stem = _file(name, version).removesuffix("-py3-none-any.whl")
    asks = "" if name == UNASKED else f"Requires-Dist: {UNASKED}\n"
    files = {
        f"{stem}.dist-info/METADATA": (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{asks}"
        ),
        f"{stem}.dist-info/WHEEL": (
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    if name == "uv":
        over = f"import os, sys\nos.execv({uv!r}, ['uv', *sys.argv[1:]])\n"
        files |= {"uv/__init__.py": "", "uv/__main__.py": over}
        files[f"{stem}.data/scripts/uv"] = f"#!python\n{over}"
    if name == "setuptools":
        files |= {
            "setuptools/__init__.py": "",
            "setuptools/build_meta.py": _BACK_END.replace("VERSION", VERSION).replace(
                "{version}", version
            ),
        }
    record = "".join(f"{path},{_digest(text)},{len(text)}\n" for path, text in files.items())
    files[f"{stem}.dist-info/RECORD"] = f"{record}{stem}.dist-info/RECORD,,\n"
    with zipfile.ZipFile(folder / _file(name, version), "w") as wheel:
        for path, text in files.items():
            held = zipfile.ZipInfo(path)
            held.external_attr = 0o100755 << 16  # scripts are run
            wheel.writestr(held, text)


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
