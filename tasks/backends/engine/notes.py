"""Take down the steps of a program while Braket's interpreter reads it.

Importing this takes seconds, because Braket's interpreter does.
"""

from collections.abc import Iterable
from typing import Any

from braket.default_simulator.gate_operations import Unitary
from braket.default_simulator.noise_operations import Kraus
from braket.default_simulator.openqasm.program_context import ProgramContext

from tasks.backends.engine import gates
from tasks.backends.engine.program import Step, Uncovered, frozen
from tasks.backends.engine.symbols import expression


class Notes(ProgramContext):  # type: ignore[misc]  # an untyped library's
    """Takes down every step, and stops at what depends on a measurement."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self._read_out: set[int] = set()

    def _note(self, name: str, target: Iterable[int], **rest: Any) -> None:
        qubits = tuple(int(q) for q in target)
        if self._read_out.intersection(qubits):
            reason = "it measures in the middle of the circuit"
            raise Uncovered(reason)
        if len(set(qubits)) != len(qubits):
            reason = f"{name} names a qubit twice"
            raise Uncovered(reason)
        self.steps.append(Step(name, qubits, **rest))

    def handle_parameter_value(self, value: Any) -> Any:
        """Keep the expression: nothing is bound yet."""
        return value

    def add_phase_instruction(self, target: Any, phase_value: Any) -> None:
        """Take down a global phase."""
        self._note("gphase", target, angles=(expression(phase_value),))

    def add_gate_instruction(
        self, gate_name: str, target: Any, params: Any, ctrl_modifiers: Any, power: Any
    ) -> None:
        """Take down a gate with its modifiers."""
        if gate_name not in gates.NAMES:
            reason = f"{gate_name} depends on a measurement"
            raise Uncovered(reason)
        self._note(
            gate_name,
            target,
            angles=tuple(expression(value) for value in params),
            controls=tuple(int(c) for c in ctrl_modifiers),
            power=float(power),
        )

    def add_custom_unitary(self, unitary: Any, target: Any) -> None:
        """Take down a matrix, once it is known to be unitary."""
        Unitary(target, unitary)  # it checks the size and that it is unitary
        self._note("unitary", target, matrices=(frozen(unitary),))

    def add_noise_instruction(
        self, noise_instruction: str, target: Any, probabilities: Any
    ) -> None:
        """Take down a channel."""
        angles = tuple(expression(rate) for rate in probabilities)
        self._note(noise_instruction, target, angles=angles)

    def add_kraus_instruction(self, matrices: Any, target: Any) -> None:
        """Take down a channel, once it is known to keep the trace."""
        Kraus(target, matrices)  # it checks the sizes and that it keeps the trace
        self._note("kraus", target, matrices=tuple(frozen(matrix) for matrix in matrices))

    def add_reset(self, target: Any) -> None:
        """Stop: what follows depends on an outcome."""
        reason = f"it resets qubit {next(iter(target))}"
        raise Uncovered(reason)

    def add_measure(self, target: Any, classical_targets: Any = None, **rest: Any) -> None:
        """Let a qubit be measured once, after all else."""
        if self._read_out.intersection(target):
            reason = "it measures a qubit twice"
            raise Uncovered(reason)
        self._read_out.update(int(q) for q in target)
        super().add_measure(target, classical_targets, **rest)

    def _dynamic(self, *_: Any) -> Any:
        reason = "it computes with measured bits"
        raise Uncovered(reason)

    evaluate_condition = evaluate_for_range = evaluate_while_condition = _dynamic
    iter_classical_scopes = _dynamic
