"""A circuit that was read: plain gates, and how their angles follow from the free parameters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import BARRIER, Circuit
from tasks.core.circuits.openqasm import to_openqasm
from tasks.core.identity import digest
from tasks.core.qasm.arithmetic import Derivation
from tasks.errors import BadInput

Block = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReadCircuit:
    """A circuit of Braket's gates whose angles are affine in `circuit.parameters`.

    `parameters` are the free ones, sorted: what points bind. Those of `circuit` are the free ones
    that it uses and the derived ones (`derivations`, each after those that it needs).
    `measurements` are the measured qubits in the order of the classical bits, none where the text
    measures nothing. Qubits are numbered over the registers in the order of their declaration;
    after the `n_qubits` that are declared come those that hold outcomes measured before the end.
    """

    circuit: Circuit
    parameters: tuple[str, ...]
    derivations: tuple[Derivation, ...]
    measurements: tuple[int, ...]
    n_qubits: int

    @property
    def measured_qubits(self) -> tuple[int, ...]:
        """The qubits in the order of their bits; of a text without a measurement the used ones."""
        return self.measurements or tuple(q for q in self.used_qubits if q < self.n_qubits)

    @property
    def used_qubits(self) -> tuple[int, ...]:
        """The qubits that a gate acts on, ascending; where there is no gate the measured ones.

        A text that has neither uses all that it declares.
        """
        gates = (gate for gate in self.circuit.gates if gate.name != BARRIER)
        used = {qubit for gate in gates for qubit in gate.qubits} or self.measurements
        return tuple(sorted(used)) or tuple(range(self.n_qubits))

    @property
    def source(self) -> str:
        """OpenQASM 3 as Braket takes it, the same for the same circuit in every process.

        Its inputs are `circuit.parameters`; `values` computes them from the free ones.
        """
        return to_openqasm(self.circuit, measured_qubits=self.measurements, verbatim=False)

    @property
    def digest(self) -> str:
        """The content address: comments, names of registers and spelling do not count."""
        every = self.measurements or tuple(range(self.n_qubits))
        return digest(
            {
                "circuit": self.circuit,
                "parameters": self.parameters,
                "derivations": self.derivations,
                "measured_qubits": every,
            }
        )

    def values(self, block: Block) -> Block:
        """Return what the circuit's parameters are at points.

        Args:
            block: (n_points, n_parameters) float64, columns as in `parameters`.

        Returns:
            (n_points, len(circuit.parameters)) float64, columns as in `circuit.parameters`.

        Raises:
            BadInput: a derived parameter has no finite value at a point.
        """
        columns = dict(zip(self.parameters, block.T, strict=True))
        for derivation in self.derivations:
            columns[derivation.name] = np.broadcast_to(derivation.evaluate(columns), len(block))
        found = np.empty((len(block), len(self.circuit.parameters)))
        for place, name in enumerate(self.circuit.parameters):
            found[:, place] = columns[name]
        self._check(found, block)
        return found

    def _check(self, found: Block, block: Block) -> None:
        bad = np.flatnonzero(~np.isfinite(found).all(axis=1))
        if len(bad):
            point = zip(self.parameters, block[bad[0]].tolist(), strict=True)
            place = ", ".join(f"{name}={value}" for name, value in point)
            message = f"An angle of the circuit is not a finite number at {place}. Leave it out."
            raise BadInput(message)
