"""Over HTTP the bits are those of the program, whatever order the service lists the qubits in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Ran
from tests.e2e.sandbox_process import GARNET

pytestmark = [pytest.mark.e2e, pytest.mark.long]

SV1 = "braket:arn:aws:braket:::device/quantum-simulator/amazon/sv1"
HEAD = 'OPENQASM 2.0; include "qelib1.inc"; '
MEASURED = {
    "swapped": ("x q[0];", 2, ("q[0] -> c[1]", "q[1] -> c[0]"), "01"),
    "permuted": ("x q[0]; x q[1];", 3, ("q[0] -> c[2]", "q[1] -> c[0]", "q[2] -> c[1]"), "101"),
    "one": ("x q[0]; h q[1]; h q[2];", 3, ("q[0] -> c[0]",), "1"),
    "two of 127": ("x q[72]; z q[62];", 127, ("q[72] -> c[0]", "q[62] -> c[1]"), "10"),
    "registers": ("x q[0];", 2, ("q[0] -> d[0]", "q[1] -> c[2]"), "01"),
}


@pytest.mark.parametrize("target", [GARNET, SV1])
def test_bits_bought_over_http_are_those_that_the_program_measures_into(
    target: str, on_garnet: Callable[..., Ran], tmp_path: Path
) -> None:
    for name, (gates, n_qubits, into, _) in MEASURED.items():
        measures = " ".join(f"measure {each};" for each in into)
        text = f"{HEAD} qreg q[{n_qubits}]; creg c[3]; creg d[1]; {gates} {measures}"
        (tmp_path / f"{name}.qasm").write_text(text)
    ran = on_garnet(
        "batch", "--circuits", str(tmp_path), "--target", target, "--shots", "200", "--json"
    )
    assert ran.code == 0, ran.err
    found = {each["name"]: each["most_frequent"][0]["bitstring"] for each in ran.answer["circuits"]}
    assert found == {name: bits for name, (_, _, _, bits) in MEASURED.items()}
