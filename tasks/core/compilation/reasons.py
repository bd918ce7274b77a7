"""Say in one sentence why a program runs on the qubits that it runs on."""

import math
import statistics
from collections.abc import Sequence

from datasets.records.devices import DeviceSnapshot
from tasks.core.compilation.routing import Placement
from tasks.core.compilation.success import Fidelities

_TWO = 2


def reason(ranked: Sequence[Placement], *, snapshot: DeviceSnapshot) -> str:
    """Return the sentence for the first of the placements, which are ranked best first."""
    best = ranked[0]
    labels = ", ".join(str(label) for label in sorted(best.measured_qubits))
    noun = "Qubit" if len(best.measured_qubits) == 1 else "Qubits"
    return (
        f"{noun} {labels}: predicted success {_figure(best)}, {_comparison(ranked, snapshot)}"
        f"{_worst_coupler(best, snapshot)}."
    )


def _figure(placement: Placement) -> str:
    return f"{math.exp(placement.log_success):.3g}"


def _comparison(ranked: Sequence[Placement], snapshot: DeviceSnapshot) -> str:
    if ranked[0].log_success == 0:
        return f"as on any of the {snapshot.n_qubits} qubits of this perfect simulator"
    if snapshot.fully_connected:
        return f"the best readout and gates of the {snapshot.n_qubits} qubits, all coupled"
    if ranked[0].fits:
        return "the best layout found that needs no routing"
    if len(ranked) == 1:
        return "the only layout tried"
    median = statistics.median(math.exp(placement.log_success) for placement in ranked)
    return (
        f"the best of {len(ranked)} layouts found (next {_figure(ranked[1])}; median {median:.3g})"
    )


def _worst_coupler(placement: Placement, snapshot: DeviceSnapshot) -> str:
    fidelities = Fidelities(snapshot)
    used = {
        (min(gate.qubits), max(gate.qubits))
        for gates in placement.measured or (placement.gates,)
        for gate in gates
        if len(gate.qubits) == _TWO
    }
    errors = {pair: 1 - fidelities.two_qubit(*pair) for pair in used}
    if snapshot.fully_connected or not any(errors.values()):
        return ""
    first, second = max(sorted(errors), key=errors.__getitem__)
    percent = 100 * errors[first, second]
    return f"; the chip's worst coupler on the way is {first}-{second} at {percent:.2g} %"
