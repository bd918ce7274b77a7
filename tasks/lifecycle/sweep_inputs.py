"""What a sweep was asked for, read and checked: circuit, points, observables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from datasets.file_reading import read_text
from datasets.named_files import named_path
from datasets.point_files import open_points, pin_points
from datasets.problems.catalogue import load
from datasets.problems.document import parse, write
from datasets.records.problems import Hamiltonian, Program
from datasets.records.runs import each
from tasks.backends.braket_circuits import openqasm_of
from tasks.core.grouping import Group
from tasks.core.identity import digest
from tasks.core.measurements import bits_of, program_of
from tasks.core.mitigation.composition import Mitigation
from tasks.core.qasm.circuit import ReadCircuit
from tasks.core.qasm.reading import read_circuit
from tasks.core.sweeps.estimation import groups_of
from tasks.core.sweeps.observables import Observable, parse_observables
from tasks.core.sweeps.points import MAX_POINTS, Points, check_parameters
from tasks.core.sweeps.points_language import PointFile, parse_points
from tasks.core.sweeps.work import SweepSpec
from tasks.lifecycle.options import outcomes_of
from tasks.lifecycle.pins import Keeping

_CIRCUIT: Final = "circuit.qasm"
WANTED = "an OpenQASM circuit"
SUFFIXES = (".qasm", ".qasm3", ".qasm2")


@dataclass(frozen=True, slots=True)
class SweepInputs:
    """A sweep's circuit as it was read, and what is to be done with it."""

    name: str
    read: ReadCircuit
    spec: SweepSpec

    @property
    def observables(self) -> tuple[Observable, ...]:
        """The observables with a letter for each bit of an outcome."""
        return bits_of(self.read, self.spec.observables).of(self.spec.observables)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The measurement groups of all observables together."""
        return groups_of(self.observables)

    @property
    def mitigation(self) -> Mitigation:
        """The techniques that were asked for."""
        return Mitigation.parse(self.spec.mitigation)

    @property
    def program(self) -> Program:
        """The circuit as a program; its observable is the sum of all."""
        return program_of(self.read, self.spec.observables, name=self.name)


def inputs_of(asked: Mapping[str, Any], *, keep: Keeping) -> SweepInputs:
    """Read what is asked for; what is kept already goes before the files that are named.

    Raises:
        BadInput: what is wrong with the circuit, the points or the observables, and where.
    """
    device = outcomes_of(asked)
    if device:
        device = keep.fact("outcomes.json", device, before=_CIRCUIT)
    text = keep.text(_CIRCUIT, lambda: _circuit_text(asked["circuit"]))
    name = Path(asked["circuit"]).stem if is_path(asked["circuit"]) else "circuit"
    read = read_circuit(text, origin=f"{name}.qasm")
    points = _points(asked["points"], keep)
    check_parameters(points, wanted=read.parameters)
    target = asked["target"]
    spec = SweepSpec(
        circuit=read.digest,
        observables=observables_of(asked["observables"], read, keep=keep),
        targets=each(target),
        points=points,
        shots=asked["shots"],
        repetitions=asked["repetitions"],
        mitigation=Mitigation.parse(asked["mitigate"]).name,
        seed=asked["seed"],
        device=device,
    )
    return SweepInputs(name, read, spec)


def circuit_text(circuit: Any) -> Any:
    """Return what a flow is given as a circuit: text and files as they are, Braket's as text.

    Raises:
        BadInput: it is neither, or cannot be written as text.
    """
    return circuit if isinstance(circuit, str) else openqasm_of(circuit)


def _circuit_text(circuit: str) -> str:
    return read_text(named_path(circuit), wanted=WANTED) if is_path(circuit) else circuit


def is_path(circuit: str) -> bool:
    """Whether a circuit is named by its file; a text has lines or ends a statement."""
    if "\n" in circuit or circuit.lstrip().startswith("OPENQASM "):
        return False
    return ";" not in circuit or circuit.lower().endswith(SUFFIXES)


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


def _points(texts: list[str], keep: Keeping) -> Points:
    found = parse_points(texts)
    if not isinstance(found, PointFile):
        return found

    def pin(path: Path) -> object:
        return pin_points(named_path(found.path), pinned=path, most=MAX_POINTS)

    return open_points(keep.file("points.parquet", pin))
