"""What a batch was asked for, read and checked: circuits without free parameters, observables."""

import json
from dataclasses import asdict, dataclass

from datasets.records.problems import Program
from tasks.context.pins import Keeping
from tasks.core.estimation.measurements import bits_of, program_of
from tasks.core.estimation.observables import Observable
from tasks.core.estimation.points import groups_of
from tasks.core.mitigation.composition import Mitigation, Technique
from tasks.core.physics.grouping import Group
from tasks.core.qasm.circuit import ReadCircuit
from tasks.core.qasm.reading import read_circuit
from tasks.errors import BadInput, UnknownName
from tasks.program.circuit_files import Listed, all_of, listed
from tasks.program.sources import observables_of
from tasks.requests.batch import MITIGATIONS, BatchRequest


@dataclass(frozen=True, slots=True)
class BatchCircuit:
    """One circuit of a batch, and what is estimated of it; `number` counts from 0.

    The observables and the groups have a letter for each bit of an outcome.
    """

    number: int
    program: Program
    observables: tuple[Observable, ...]
    groups: tuple[Group, ...]
    shots: int

    @property
    def name(self) -> str:
        """What people call it: as its file."""
        return self.program.name

    @property
    def n_qubits(self) -> int:
        """How many qubits it uses."""
        return self.program.circuit.n_qubits

    @property
    def bases(self) -> tuple[str, ...]:
        """What it is measured in: one executable a basis."""
        return tuple(group.basis for group in self.groups)


@dataclass(frozen=True, slots=True)
class BatchInputs:
    """A batch's circuits as they were read, and how errors are mitigated."""

    circuits: tuple[BatchCircuit, ...]
    mitigation: Mitigation

    @property
    def is_corrected(self) -> bool:
        """Whether it is learnt how qubits are misread."""
        return Technique.READOUT in self.mitigation.techniques


def batch_inputs(request: BatchRequest, *, keep: Keeping) -> BatchInputs:
    """Read what is asked for; circuits that are kept already go before the files that are named.

    Raises:
        BadInput: what is wrong with a circuit or an observable, and where.
    """
    found = _pinned(request.circuits, keep)
    circuits = all_of(list(enumerate(found)), lambda each: _circuit(*each, request, keep=keep))
    return BatchInputs(circuits, mitigation_of(request.mitigate))


def mitigation_of(text: str) -> Mitigation:
    """Return a batch's mitigation: what needs no further executables of a circuit.

    Raises:
        UnknownName: it is none of these.
    """
    if text.strip().lower() not in MITIGATIONS:
        kind = "mitigation of a batch"
        raise UnknownName(kind, text, MITIGATIONS)
    return Mitigation.parse(text)


def _pinned(entries: list[str], keep: Keeping) -> tuple[Listed, ...]:
    """Return the circuits as they were first read."""
    text = keep.text(
        "circuits.json",
        lambda: f"{json.dumps(list(map(asdict, listed(entries))), indent=1, ensure_ascii=False)}\n",
    )
    return tuple(
        Listed(**each | {"observables": tuple(each["observables"])}) for each in json.loads(text)
    )


def _circuit(number: int, each: Listed, request: BatchRequest, *, keep: Keeping) -> BatchCircuit:
    read = read_circuit(each.text, origin=f"{each.name}.qasm")
    _check_bound(read, each.name)
    try:
        asked_for = observables_of(each.observables or request.observables, read, keep=keep)
        program = program_of(read, asked_for, name=each.name)
    except BadInput as fault:
        message = f"Circuit {each.name}: {fault}"
        raise BadInput(message) from fault
    observables = bits_of(read, asked_for).of(asked_for)
    return BatchCircuit(
        number=number,
        program=program,
        observables=observables,
        groups=groups_of(observables),
        shots=each.shots or request.shots,
    )


def _check_bound(read: ReadCircuit, name: str) -> None:
    if read.parameters:
        message = (
            f"Circuit {name} has the free parameter {read.parameters[0]}; a batch takes circuits "
            "without any. Give it a value, or use `qrt sweep` for values of it."
        )
        raise BadInput(message)
