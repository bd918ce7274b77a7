"""Which qubit is measured into each bit of an outcome, and observables in terms of the bits.

The bits are those that the text measures into, in the order of their registers, and after them, in
their order, the other qubits on which an observable acts. A text that measures nothing measures
the qubits on which a gate or an observable acts. Every measurement basis of a program has the same
bits, so that a letter of a basis is that of a bit. Qubits that are neither measured nor acted on
are no part of what is run.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from datasets.records.circuits import Circuit
from datasets.records.problems import Hamiltonian, PauliTerm, Program, ProgramId
from tasks.core.estimation.observables import Observable
from tasks.core.estimation.points import combined
from tasks.core.identity import digest
from tasks.core.physics.hamiltonian import merge
from tasks.core.qasm.circuit import ReadCircuit
from tasks.errors import BadInput

MAX_BITS: Final = 64  # of an outcome


@dataclass(frozen=True, slots=True)
class Bits:
    """The qubit of each bit, the leftmost first, numbered as in the text of `n_qubits` qubits."""

    qubits: tuple[int, ...]
    n_qubits: int

    @property
    def is_plain(self) -> bool:
        """Whether all qubits are measured in their order."""
        return self.qubits == tuple(range(self.n_qubits))

    def of(self, observables: Sequence[Observable]) -> tuple[Observable, ...]:
        """Return observables of the text's qubits with a letter for each bit."""
        if self.is_plain:
            return tuple(observables)
        return tuple(Observable(o.name, _on(o.hamiltonian, self.qubits)) for o in observables)


def bits_of(read: ReadCircuit, observables: Sequence[Observable] = ()) -> Bits:
    """Return the bits of a circuit that was read and of which `observables` are estimated.

    Raises:
        BadInput: more bits than an outcome has.
    """
    terms = (term for each in observables for term in each.hamiltonian.terms)
    acted = {place for term in terms for place, letter in enumerate(term.pauli) if letter != "I"}
    if read.measurements:
        qubits = (*read.measurements, *sorted(acted.difference(read.measurements)))
    else:
        qubits = tuple(sorted(acted.union(read.measured_qubits)))
    if len(qubits) > MAX_BITS:
        message = (
            f"The circuit measures {len(qubits)} qubits; an outcome has at most {MAX_BITS} bits. "
            "Measure fewer."
        )
        raise BadInput(message)
    return Bits(qubits, read.circuit.n_qubits)


def program_of(read: ReadCircuit, observables: Sequence[Observable], *, name: str) -> Program:
    """Return a circuit that was read as a program; its observable is the sum of all.

    What it measures is a part of its identity. Its qubits are those that it uses, ascending.

    Raises:
        BadInput: more bits than an outcome has.
    """
    bits = bits_of(read, observables)
    used = tuple(sorted({*bits.qubits, *read.used_qubits}))
    measured = tuple(used.index(qubit) for qubit in bits.qubits)
    whole = combined(observables) if observables else Hamiltonian(read.n_qubits, ())
    return Program(
        program_id=_identity(read, bits, whole),
        name=name,
        circuit=_on_qubits(read.circuit, used),
        parameters=read.circuit.parameters,
        frequencies=(),
        observable=_on(whole, used),
        measured_qubits=None if measured == tuple(range(len(used))) else measured,
    )


def _identity(read: ReadCircuit, bits: Bits, observable: Hamiltonian) -> ProgramId:
    """Return the digest of what is run and asked; where all is measured in order, without bits."""
    content: list[object] = [read.digest]
    if observable.terms:
        content.append(observable)
    if not bits.is_plain:
        content.append(bits.qubits)
    return ProgramId(read.digest if len(content) == 1 else digest(content))


def _on_qubits(circuit: Circuit, used: Sequence[int]) -> Circuit:
    """Return the circuit on the qubits that it uses, renumbered in their order."""
    places = {qubit: place for place, qubit in enumerate(used)}
    moved = (
        replace(gate, qubits=tuple(places[qubit] for qubit in gate.qubits if qubit in places))
        for gate in circuit.gates
    )
    return Circuit(len(used), tuple(gate for gate in moved if gate.qubits))


def _on(hamiltonian: Hamiltonian, qubits: Sequence[int]) -> Hamiltonian:
    """Return a sum of Pauli strings with the letters of these qubits, in this order."""
    if tuple(qubits) == tuple(range(hamiltonian.n_qubits)):
        return hamiltonian
    terms = (("".join(_letter(t, q) for q in qubits), t.coefficient) for t in hamiltonian.terms)
    return merge(terms, n_qubits=len(qubits))


def _letter(term: PauliTerm, qubit: int) -> str:
    """Return the letter of a qubit; observables know none of qubits that are not declared."""
    return term.pauli[qubit] if qubit < len(term.pauli) else "I"
