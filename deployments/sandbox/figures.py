"""The figures of a snapshot as they were published, the dropped ones among them."""

from collections.abc import Iterator

from datasets.records.devices import DeviceSnapshot, Dropped, Figure, Flag

Couple = tuple[int, int]
_QUBIT_METRICS = (
    "one_qubit_fidelity",
    "readout_fidelity",
    "p1_given_0",
    "p0_given_1",
    "t1_s",
    "t2_s",
)


def labels(snapshot: DeviceSnapshot) -> list[int]:
    """Return the labels of the qubits that the vendor lists, usable or not."""
    absent = {
        entry.element
        for entry in snapshot.dropped
        if entry.flag is Flag.MISSING and entry.metric == "qubit"
    }
    dropped = {int(entry.element[1:]) for entry in _qubits(snapshot) if entry.element not in absent}
    return sorted(dropped | {qubit.label for qubit in snapshot.qubits})


def couplers(snapshot: DeviceSnapshot) -> list[Couple]:
    """Return the pairs of the connectivity graph, usable or not."""
    dropped = {_couple(e) for e in _pairs(snapshot) if e.flag is not Flag.ISOLATED}
    return sorted(dropped | {pair.labels for pair in snapshot.pairs})


def of_qubits(snapshot: DeviceSnapshot) -> dict[int, dict[str, list[Figure]]]:
    """Return the figures of each listed qubit by metric, dropped ones first."""
    found: dict[int, dict[str, list[Figure]]] = {label: {} for label in labels(snapshot)}
    for entry in _qubits(snapshot):
        if entry.value is not None:
            metrics = found[int(entry.element[1:])]
            metrics.setdefault(entry.metric, []).append(Figure(entry.value, entry.stderr))
    for qubit in snapshot.qubits:
        for metric in _QUBIT_METRICS:
            figure = getattr(qubit, metric)
            if figure is not None:
                found[qubit.label].setdefault(metric, []).append(figure)
    return found


def of_pairs(snapshot: DeviceSnapshot) -> dict[Couple, list[tuple[str, Figure]]]:
    """Return the gates and figures of each pair, dropped ones first."""
    found: dict[Couple, list[tuple[str, Figure]]] = {}
    for entry in _pairs(snapshot):
        if entry.value is not None:
            gate = entry.metric.removesuffix("_fidelity")
            figure = Figure(entry.value, entry.stderr)
            found.setdefault(_couple(entry), []).append((gate, figure))
    for pair in snapshot.pairs:
        found.setdefault(pair.labels, []).append((pair.gate, pair.fidelity))
    return dict(sorted(found.items()))


def _qubits(snapshot: DeviceSnapshot) -> Iterator[Dropped]:
    return (entry for entry in snapshot.dropped if entry.element.startswith("q"))


def _pairs(snapshot: DeviceSnapshot) -> Iterator[Dropped]:
    return (entry for entry in snapshot.dropped if not entry.element.startswith("q"))


def _couple(entry: Dropped) -> Couple:
    first, second = entry.element.split("-")
    return int(first), int(second)
