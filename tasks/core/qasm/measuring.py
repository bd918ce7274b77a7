"""Which qubits a circuit measures, and that nothing happens to them afterwards."""

from collections.abc import Sequence

from tasks.core.qasm.scope import Scope
from tasks.core.qasm.syntax import Measurement, Reset


class Measured:
    """The measurements of a circuit as they are read."""

    def __init__(self) -> None:
        self._by_bit: dict[int, int] = {}
        self._without_bit: list[int] = []
        self._done: set[int] = set()  # also those of which a later outcome took the bit
        self._touched: set[int] = set()

    def order(self) -> tuple[int, ...]:
        """Return the measured qubits in the order of their bits; those without a bit come last.

        A bit that nothing is measured into is left out, and one that is measured into again holds
        the later outcome.
        """
        by_bit = tuple(qubit for _, qubit in sorted(self._by_bit.items()))
        return (*by_bit, *(qubit for qubit in self._without_bit if qubit not in by_bit))

    def touch(self, qubits: Sequence[int], *, at: int, scope: Scope) -> None:
        """Note that a gate acts on qubits.

        Raises:
            BadInput: one was measured before.
        """
        again = [qubit for qubit in qubits if qubit in self._done] if self._done else []
        if again:
            what = (
                f"qubit {again[0]} was measured before this; a sweep measures at the end. "
                "Move the measurement to the end, or remove it."
            )
            raise scope.source.fault(at, what)
        self._touched.update(qubits)

    def measure(
        self,
        measurement: Measurement,
        qubits: Sequence[int],
        bits: Sequence[int] | None,
        scope: Scope,
    ) -> None:
        """Note a measurement; `bits` None drops the outcomes' names.

        Raises:
            BadInput: other numbers of qubits and bits, or one that was used before.
        """
        self.touch(qubits, at=measurement.at, scope=scope)
        self._done.update(qubits)
        if bits is None:
            self._without_bit += qubits
            return
        if len(bits) != len(qubits):
            what = f"{len(qubits)} qubits are measured into {len(bits)} bits. Make them equal."
            raise scope.source.fault(measurement.at, what)
        if len(set(bits)) < len(bits):
            what = "a bit is measured into twice at once. Give each qubit a bit of its own."
            raise scope.source.fault(measurement.at, what)
        self._by_bit.update(zip(bits, qubits, strict=True))

    def reset(self, reset: Reset, qubits: Sequence[int], scope: Scope) -> None:
        """Accept a reset where it changes nothing: every qubit starts as 0.

        Raises:
            BadInput: a gate acted on one of them before.
        """
        if self._touched & set(qubits):
            what = "reset of a qubit that was used is not taken. Use a fresh qubit."
            raise scope.source.fault(reset.at, what)
