"""The text of a circuit, and the observables that are estimated of it, as somebody gives them."""

from collections.abc import Sequence
from typing import Final

from datasets.files.named import named_path
from datasets.files.reading import read_text
from datasets.problems.catalogue import load
from datasets.problems.document import parse, write
from datasets.records.problems import Hamiltonian
from tasks.context.pins import Keeping
from tasks.core.estimation.observables import Observable, parse_observables
from tasks.core.identity import digest
from tasks.core.qasm.circuit import ReadCircuit
from tasks.requests.circuits import is_path

WANTED: Final = "an OpenQASM circuit"


def read_source(circuit: str) -> str:
    """Return the text of a circuit, which is given as text or by its file.

    Raises:
        BadInput: the file cannot be read, or is not where files may be.
    """
    return read_text(named_path(circuit), wanted=WANTED) if is_path(circuit) else circuit


def observables_of(
    texts: Sequence[str], read: ReadCircuit, *, keep: Keeping
) -> tuple[Observable, ...]:
    """Return what is estimated: by default Z of each qubit that the circuit measures.

    Problems that are named stay as they were when they were first read.

    Raises:
        BadInput: one cannot be read, or acts on a qubit that is not there.
    """
    wanted = texts or [f"Z{qubit}" for qubit in read.measured_qubits]
    n_qubits = read.n_qubits if texts else read.circuit.n_qubits

    def problem(name: str) -> Hamiltonian:
        text = keep.text(f"problem-{digest(name)[:16]}.json", lambda: write(load(name)))
        return parse(text.encode(), origin=name).hamiltonian

    return parse_observables(wanted, n_qubits=n_qubits, problem=problem)
