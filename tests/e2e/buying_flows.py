"""A short run of each flow that buys, as the command that begins it on a device of a sandbox."""

import json
from pathlib import Path
from typing import Final

from tests.e2e.sandbox_process import GARNET

FLOWS: Final = ("vqe", "qaoa", "sweep", "batch", "canary")
# All terms are measured in one basis: a result has few objects, and so few moments to die between.
PROBLEM: Final = {"n_qubits": 2, "terms": [["ZI", 0.4], ["IZ", 0.3], ["ZZ", 0.2]]}
CIRCUIT: Final = """OPENQASM 3.0;
input float theta;
qubit[2] q;
rx(theta) q[0];
cnot q[0], q[1];
"""
FIXED: Final = "OPENQASM 3.0;\nqubit[2] q;\nbit[2] b;\nx q[0];\ncnot q[0], q[1];\nb = measure q;\n"
_FEW: Final = ("--shots", "100", "--final-shots", "200", "--iterations", "2")


def begin(flow: str, folder: Path) -> tuple[str, ...]:
    """Return the command; what it reads is written into the folder."""
    end = ("--target", GARNET, "--json")
    match flow:
        case "vqe":
            problem = _written(folder / "problem.json", json.dumps(PROBLEM))
            return (
                "vqe",
                "--problem",
                problem,
                "--ansatz",
                "hea",
                *_FEW,
                "--mitigate",
                "none",
                *end,
            )
        case "qaoa":
            return ("qaoa", "--graph", "path:2", *_FEW, *end)
        case "sweep":
            circuit = _written(folder / "pair.qasm", CIRCUIT)
            asked = ("--observable", "Z0*Z1", "--points", "theta=0:3:3", "--shots", "50")
            return ("sweep", "--circuit", circuit, *asked, *end)
        case "batch":
            circuits = folder / "circuits"
            circuits.mkdir(exist_ok=True)
            for number in range(3):
                _written(circuits / f"{number}.qasm", FIXED)
            return ("batch", "--circuits", str(circuits), "--shots", "20", *end)
        case "canary":
            few = ("--qubits", "2", "--mirrors", "1", "--shots", "50", "--readout-shots", "50")
            return ("canary", *few, *end)
    raise ValueError(flow)


def _written(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)
