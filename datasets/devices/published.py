"""Find the figures of qubits and pairs in a capabilities document, whoever its vendor is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from datasets.devices.document_model import GATE_NAME
from datasets.devices.plausibility import Claim
from datasets.devices.raw import MAX_QUBITS, RawDevice

# In each line the first believable figure is used. Isolated before simultaneous benchmarking is the
# order of Braket's own emulator.
_FIDELITIES: Final = {
    "one_qubit_fidelity": ("RANDOMIZED_BENCHMARKING", "SIMULTANEOUS_RANDOMIZED_BENCHMARKING"),
    "readout_fidelity": ("READOUT",),
    "p1_given_0": ("READOUT_ERROR_0_TO_1",),
    "p0_given_1": ("READOUT_ERROR_1_TO_0",),
}
_TIMES: Final = {"t1_s": "T1", "t2_s": "T2"}
_SECONDS: Final = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
# Where IonQ puts the means of a whole device, and where the third standardized form does.
_WHOLE_DEVICE: Final = {
    "one_qubit_fidelity": ("1Q", "singleQubitFidelity"),
    "readout_fidelity": ("spam", "readoutFidelity"),
    "two_qubit": ("2Q", "twoQubitGateFidelity"),
}
_NOT_GATES: Final = frozenset({"barrier", "measure", "measure_ff", "cc_prx", "reset"})
# Which native gate is a pair's, best first, when there are figures for several.
TWO_QUBIT_GATES: Final[tuple[str, ...]] = (
    "cz",
    "iswap",
    "zz",
    "ms",
    "xx",
    "ecr",
    "xy",
    "yy",
    "cnot",
)

Claims = Mapping[str, tuple[Claim, ...]]
PairClaims = tuple[tuple[str, Claim], ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What a document says of each qubit and pair, unjudged; claims in order of preference.

    `gate` is the native two-qubit gate that stands for the device; each pair claim names its own.
    """

    fully_connected: bool
    gate: str
    edges: frozenset[tuple[int, int]]
    qubits: Mapping[int, Claims]
    pairs: Mapping[tuple[int, int], PairClaims]


def published(raw: RawDevice) -> Published:
    """Return the claims of a machine's document.

    Raises:
        BadInput: the connectivity graph, a label or the native gates make no sense.
    """
    gates = [gate for gate in TWO_QUBIT_GATES if gate in native_gates(raw)]
    if not gates:
        raw.refuse("no native two-qubit gate among " + ", ".join(native_gates(raw)))
    graph = _graph(raw)
    fully_connected = raw.section("paradigm", "connectivity").get("fullyConnected") is True
    stated = {raw.label(key) for key in raw.section("standardized", "oneQubitProperties")}
    labels = sorted(stated | {label for edge in graph for label in edge} | _nodes(raw))
    if fully_connected and not labels:
        labels = list(range(qubit_count(raw)))
    edges = frozenset(combinations(labels, 2)) if fully_connected else graph
    whole = _whole_device(raw)
    return Published(
        fully_connected=fully_connected,
        gate=gates[0],
        edges=edges,
        qubits={label: _qubit_claims(raw, label=label, whole=whole) for label in labels},
        pairs=_pair_claims(raw, gates=gates, whole=whole["two_qubit"], edges=edges),
    )


def native_gates(raw: RawDevice) -> tuple[str, ...]:
    """Return the gates in lower case, sorted, without what is not a gate (IQM lists barriers)."""
    if _is_simulator(raw):
        listed = raw.section("action", "braket.ir.openqasm.program").get("supportedOperations")
    else:
        listed = raw.section("paradigm").get("nativeGateSet")
    gates = [str(gate).lower() for gate in listed] if isinstance(listed, list) else []
    if not gates or not all(re.match(GATE_NAME, gate) for gate in gates):
        raw.refuse("the list of gates is missing or holds what is not a gate's name")
    return tuple(sorted(set(gates) - _NOT_GATES))


def qubit_count(raw: RawDevice) -> int:
    """Return the published number of qubits."""
    count = raw.section("paradigm").get("qubitCount")
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MAX_QUBITS:
        raw.refuse(f"paradigm.qubitCount is not a whole number of 1 to {MAX_QUBITS}")
    return count


def _is_simulator(raw: RawDevice) -> bool:
    return "simulators" in str(raw.section("braketSchemaHeader").get("name"))


def _nodes(raw: RawDevice) -> set[int]:
    graph = raw.section("paradigm", "connectivity", "connectivityGraph")
    return {raw.label(key) for key in graph}


def _graph(raw: RawDevice) -> frozenset[tuple[int, int]]:
    """Return the couplers, lower label first, whichever directions the document lists."""
    graph = raw.section("paradigm", "connectivity", "connectivityGraph")
    edges = set()
    for node, neighbours in graph.items():
        if not isinstance(neighbours, list):
            raw.refuse(f"the neighbours of qubit {node} are not a list")
        edges |= {raw.pair(f"{node}-{neighbour}") for neighbour in neighbours}
    return frozenset(edges)


def _qubit_claims(raw: RawDevice, *, label: int, whole: Claims) -> Claims:
    own = raw.section("standardized", "oneQubitProperties", str(label))
    entries = list(_entries(own.get("oneQubitFidelity")))
    claims = {
        metric: tuple(_claim(entry) for name in names for entry in entries if _kind(entry) == name)
        for metric, names in _FIDELITIES.items()
    }
    claims |= {metric: _time_claims(own.get(name)) for metric, name in _TIMES.items()}
    return {metric: found + whole.get(metric, ()) for metric, found in claims.items()}


def _pair_claims(
    raw: RawDevice,
    *,
    gates: list[str],
    whole: tuple[Claim, ...],
    edges: frozenset[tuple[int, int]],
) -> dict[tuple[int, int], PairClaims]:
    if whole:
        shared = tuple((gates[0], claim) for claim in whole)
        return dict.fromkeys(sorted(edges), shared)
    claims: dict[tuple[int, int], PairClaims] = {}
    for key, properties in sorted(raw.section("standardized", "twoQubitProperties").items()):
        if not isinstance(properties, dict):
            raw.refuse(f"the properties of pair {key[:40]} are not an object")
        entries = list(_entries(properties.get("twoQubitGateFidelity")))
        found = tuple(
            (gate, _claim(entry))
            for gate in gates
            for entry in entries
            if str(entry.get("gateName")).lower() == gate
        )
        pair = raw.pair(key)
        claims[pair] = claims.get(pair, ()) + found
    return claims


def _whole_device(raw: RawDevice) -> Claims:
    """Return what is said of every qubit or pair at once, `provider` first as Braket's emulator."""
    fidelity, timing = raw.section("provider", "fidelity"), raw.section("provider", "timing")
    standardized = raw.section("standardized")
    claims: dict[str, tuple[Claim, ...]] = {}
    for metric, (short, name) in _WHOLE_DEVICE.items():
        mean = fidelity.get(short)
        own = (Claim(mean.get("mean")),) if isinstance(mean, dict) else ()
        claims[metric] = own + tuple(_claim(entry) for entry in _entries(standardized.get(name)))
    for metric, name in _TIMES.items():
        seconds = (Claim(timing[name]),) if name in timing else ()
        claims[metric] = seconds + _time_claims(standardized.get(name))
    return claims


def _entries(listed: object) -> Iterator[dict[str, Any]]:
    if isinstance(listed, list):
        yield from (entry for entry in listed if isinstance(entry, dict))


def _kind(entry: dict[str, Any]) -> str:
    kind = entry.get("fidelityType")
    return str(kind.get("name")).upper() if isinstance(kind, dict) else ""


def _claim(entry: dict[str, Any]) -> Claim:
    return Claim(entry.get("fidelity"), entry.get("standardError"))


def _time_claims(entry: object) -> tuple[Claim, ...]:
    if not isinstance(entry, dict):
        return ()
    scale = _SECONDS.get(str(entry.get("unit", "s")).lower())
    return (Claim(entry.get("value"), entry.get("standardError"), scale),)
