"""What waiting costs: the gaps between a circuit's gates, and how qubits relax in them.

Gates are taken as late as they can be, as control systems do: a qubit that has not begun is in its
ground state, where waiting costs nothing, and each waits only between its first gate and the
measurement, which all qubits have together.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from datasets.records.circuits import Gate
from datasets.records.devices import Figure, Qubit
from tasks.core.compilation.durations import Durations

Gaps = Mapping[int, tuple[float, ...]]

_DIGITS: Final = 12  # picoseconds: sums of durations in another order are the same gap


def gaps(gates: Sequence[Gate], *, durations: Durations) -> Gaps:
    """Return the seconds that each touched qubit waits between its gates, last gap first.

    `gates` are physical ones: what is virtual is left out before.
    """
    free_s: dict[int, float] = {}  # counted backwards from the measurement
    found: dict[int, list[float]] = {}
    for gate in reversed(gates):
        ends_s = max(free_s.get(qubit, 0.0) for qubit in gate.qubits)
        for qubit in gate.qubits:
            waits_s = round(ends_s - free_s.get(qubit, 0.0), _DIGITS)
            of_qubit = found.setdefault(qubit, [])
            if waits_s > 0:
                of_qubit.append(waits_s)
            free_s[qubit] = ends_s + durations.of(len(gate.qubits))
    return {qubit: tuple(waits) for qubit, waits in found.items()}


def kept(wait_s: float, *, t1_s: float | None, t2_s: float | None) -> float:
    """Return the average fidelity of waiting: 1/2 + exp(-t/T1)/6 + exp(-t/T2)/3.

    That of amplitude damping with dephasing, from the trace of its Pauli transfer matrix
    (arXiv:quant-ph/0205035, eq. 3). A time that is not known does not count; T2 is at most 2 T1.
    """
    relaxed = 1.0 if t1_s is None else math.exp(-wait_s / t1_s)
    if t2_s is None:
        dephased = math.sqrt(relaxed)
    else:
        dephased = math.exp(-wait_s / (t2_s if t1_s is None else min(t2_s, 2 * t1_s)))
    return 0.5 + relaxed / 6 + dephased / 3


def log_kept(wait_s: float, *, qubit: Qubit) -> float:
    """Return the logarithm of the fidelity that a qubit keeps over a gap; at most 0."""
    return math.log(kept(wait_s, t1_s=_seconds(qubit.t1_s), t2_s=_seconds(qubit.t2_s)))


def _seconds(figure: Figure | None) -> float | None:
    return figure.value if figure is not None and figure.value > 0 else None
