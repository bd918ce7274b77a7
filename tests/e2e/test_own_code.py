"""Commands run the runtime's code, whatever modules lie where they are called."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

SWEPT = "OPENQASM 3.0; input float a; qubit[2] q; ry(a) q[0]; cnot q[0], q[1];"
PACKAGES = ("flows", "blocks", "tasks", "datasets")
MODULES = ("deployments", "prefect", "uvicorn", "pickle", "numpy")


def test_modules_of_the_folder_and_of_pythonpath_are_not_taken_for_ours(tmp_path: Path) -> None:
    here, named, seen = tmp_path / "project", tmp_path / "named", tmp_path / "seen"
    for folder, names in ((here, (*PACKAGES, *MODULES)), (named, PACKAGES)):
        for name in names:
            (folder / name).mkdir(parents=True)
            source = f"open({str(seen)!r}, 'a').write({str(folder / name)!r})\n"
            (folder / name / "__init__.py").write_text(source)
    (here / "swept.qasm").write_text(SWEPT)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "PYTHON"))}
    places = {"QRT_HOME": str(tmp_path / "home"), "HOME": str(tmp_path), "PYTHONPATH": str(named)}
    qrt = str(Path(sys.executable).with_name("qrt"))
    ran = subprocess.run(
        [qrt, "sweep", "--circuit", "swept.qasm", "--points", "a=0:pi:3", "--json"],
        cwd=here,
        env=kept | places,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert not seen.exists(), seen.read_text()
