"""Keep the figures that can be used, and say of every other one why it is not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from datasets.devices.plausibility import Claim, Fault, judge
from datasets.devices.published import Claims, PairClaims, Published
from datasets.records.devices import Dropped, Figure, Flag, Pair, Qubit

# Without these a qubit cannot be emulated: leaving them out would make it perfect.
_NEEDED = {
    "one_qubit_fidelity": "one-qubit fidelity",
    "readout_fidelity": "readout fidelity",
}

_Why = tuple[Flag, str]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The usable part of a device, and the rest with reasons, sorted by element and metric."""

    qubits: tuple[Qubit, ...]
    pairs: tuple[Pair, ...]
    dropped: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class _Judged:
    """One element with its believable figures, or None, and the faults of the others."""

    kept: Qubit | Pair | None
    faults: tuple[Dropped, ...]


def clean(device: Published, *, expected: Iterable[int]) -> Cleaned:
    """Return the qubits and pairs that have believable figures, and everything else as dropped.

    A qubit is kept when its one-qubit and readout fidelities are believable and a usable pair joins
    it to another. A pair is kept when the graph has it, both its qubits are kept, and its native
    gate has a believable fidelity. `expected` are the labels that the device is known to have.
    """
    absent = (
        _missing(f"q{label}", "qubit", "the device is listed without this qubit")
        for label in set(expected) - set(device.qubits)
    )
    judged = {label: _judge_qubit(label, claims) for label, claims in device.qubits.items()}
    qubits = {label: item.kept for label, item in judged.items() if isinstance(item.kept, Qubit)}
    lost = {label: why for label, item in judged.items() if (why := _lacks(item)) is not None}
    couplers = [_judge_pair(labels, device, lost=lost) for labels in _couplers(device)]
    pairs = tuple(item.kept for item in couplers if isinstance(item.kept, Pair))
    lost |= _isolated(qubits.keys() - lost.keys(), pairs=pairs)
    faults = [fault for item in (*judged.values(), *couplers) for fault in item.faults]
    unused = [entry for label, why in lost.items() for entry in _unused(qubits[label], why)]
    return Cleaned(
        qubits=tuple(qubits[label] for label in sorted(qubits.keys() - lost.keys())),
        pairs=pairs,
        dropped=tuple(sorted((*absent, *faults, *unused), key=_place)),
    )


def _judge_qubit(label: int, claims: Claims) -> _Judged:
    element, figures, faults = f"q{label}", dict[str, Figure](), list[Dropped]()
    for metric, offered in claims.items():
        figure, refused = _first_believable(offered, element=element, metric=metric)
        faults += refused
        if figure is not None:
            figures[metric] = figure
        elif not offered and metric in _NEEDED:
            faults.append(_missing(element, metric, "nothing was published"))
    return _Judged(Qubit(label, **figures), tuple(faults))


def _lacks(item: _Judged) -> _Why | None:
    """Return why the qubit cannot be used, or None when it has every figure that it needs."""
    lacking = next((name for name in _NEEDED if getattr(item.kept, name) is None), None)
    if lacking is None:
        return None
    flag = next(fault.flag for fault in item.faults if fault.metric == lacking)
    return flag, f"its qubit has no usable {_NEEDED[lacking]}"


def _couplers(device: Published) -> list[tuple[int, int]]:
    return sorted(device.edges | device.pairs.keys())


def _judge_pair(labels: tuple[int, int], device: Published, *, lost: Mapping[int, _Why]) -> _Judged:
    found = _believable_pair(labels, device.pairs.get(labels, ()), gate=device.gate)
    why = _topology_fault(labels, edges=device.edges, lost=lost)
    if why is None or not isinstance(found.kept, Pair):
        return found
    refused = _dropped(_element(labels), f"{found.kept.gate}_fidelity", found.kept.fidelity, why)
    return _Judged(None, (*found.faults, refused))


def _believable_pair(labels: tuple[int, int], claims: PairClaims, *, gate: str) -> _Judged:
    element, faults = _element(labels), list[Dropped]()
    for name, claim in claims:
        metric = f"{name}_fidelity"
        figure, refused = _first_believable([claim], element=element, metric=metric)
        faults += refused
        if figure is not None:
            return _Judged(Pair(labels, name, figure), tuple(faults))
    if not claims:
        faults.append(_missing(element, f"{gate}_fidelity", f"no fidelity of {gate} was published"))
    return _Judged(None, tuple(faults))


def _topology_fault(
    labels: tuple[int, int], *, edges: frozenset[tuple[int, int]], lost: Mapping[int, _Why]
) -> _Why | None:
    if labels not in edges:
        return Flag.ISOLATED, "the connectivity graph does not have this pair"
    broken = next((label for label in labels if label in lost), None)
    return None if broken is None else (lost[broken][0], f"qubit {broken} cannot be used")


def _isolated(labels: Iterable[int], *, pairs: Iterable[Pair]) -> dict[int, _Why]:
    joined = {label for pair in pairs for label in pair.labels}
    return {
        label: (Flag.ISOLATED, "no usable pair joins its qubit to another")
        for label in labels
        if label not in joined
    }


def _first_believable(
    claims: Iterable[Claim], *, element: str, metric: str
) -> tuple[Figure | None, list[Dropped]]:
    refused = list[Dropped]()
    for claim in claims:
        verdict = judge(claim, metric=metric)
        if isinstance(verdict, Figure):
            return verdict, refused
        fault = _refused(element, metric, verdict)
        refused += [] if fault in refused else [fault]
    return None, refused


def _refused(element: str, metric: str, fault: Fault) -> Dropped:
    return Dropped(element, metric, fault.value, fault.stderr, fault.flag, fault.reason)


def _missing(element: str, metric: str, reason: str) -> Dropped:
    return Dropped(element, metric, None, None, Flag.MISSING, reason)


def _dropped(element: str, metric: str, figure: Figure, why: _Why) -> Dropped:
    return Dropped(element, metric, figure.value, figure.stderr, *why)


def _unused(qubit: Qubit, why: _Why) -> Iterator[Dropped]:
    for metric in Qubit.__slots__:
        figure = getattr(qubit, metric)
        if isinstance(figure, Figure):
            yield _dropped(f"q{qubit.label}", metric, figure, why)


def _element(labels: tuple[int, int]) -> str:
    return f"{labels[0]}-{labels[1]}"


def _place(entry: Dropped) -> tuple[bool, list[int], str]:
    """Sort qubits before pairs, each by label, then by metric; ties keep document order."""
    is_pair = not entry.element.startswith("q")
    return is_pair, [int(label) for label in entry.element.lstrip("q").split("-")], entry.metric
