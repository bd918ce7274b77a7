"""How long a point takes: the batched engine beside Braket's simulators, in one run.

`python -m benchmarks.engine [GARNET.json]` prints a table; with the capabilities document of a
Garnet it has Braket's emulator of the device too. Every size is measured in turns, and the best
turn counts, so that other work on the machine falls on both sides.
"""

import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from datasets.devices.catalogue import resolve
from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.devices import DeviceSnapshot
from tasks.backends import noise
from tasks.backends.engine import running
from tasks.backends.engine.compiled import from_circuits
from tasks.backends.engine.program import Program
from tasks.core.circuits.openqasm import to_openqasm

SHOTS, LAYERS, TURNS = 1000, 4, 5
POINTS = {4: 8000, 6: 4000, 8: 1000, 10: 256, 12: 32, 14: 8, 16: 2, 18: 1, 20: 1}
GARNET = "emulator:garnet"
CHAIN = (3, 4, 9, 8, 13, 14)  # neighbours on Garnet


@dataclass(frozen=True, slots=True)
class Line:
    """One size: milliseconds a point of both sides."""

    what: str
    ours_ms: float
    theirs_ms: float


def rotations(n_qubits: int, *, layers: int = LAYERS) -> Circuit:
    """Return RY and RZ on every qubit and a chain of CZ, some times over."""
    gates = []
    for layer in range(layers):
        for name in ("ry", "rz"):
            gates += [
                Gate(name, (q,), (Angle(0.0, ((f"{name}_{layer:02d}_{q:02d}", 1.0),)),))
                for q in range(n_qubits)
            ]
        gates += [Gate("cz", (q, q + 1)) for q in range(n_qubits - 1)]
    return Circuit(n_qubits, tuple(gates))


def native(labels: tuple[int, ...], *, layers: int = LAYERS) -> Circuit:
    """Return the same in the gates and labels of Garnet."""
    gates = []
    for layer in range(layers):
        for label in labels:
            angles = [Angle(0.0, ((f"{kind}_{layer}_{label:02d}", 1.0),)) for kind in "tp"]
            gates.append(Gate("prx", (label,), tuple(angles)))
        gates += [Gate("cz", pair) for pair in pairwise(labels)]
    return Circuit(len(labels), tuple(gates))


def measured(*works: Callable[[], Any], turns: int = TURNS) -> list[float]:
    """Return the best time of each piece of work, in seconds."""
    best = [float("inf")] * len(works)
    for _ in range(turns):
        for place, work in enumerate(works):
            started_s = time.perf_counter()
            work()
            best[place] = min(best[place], time.perf_counter() - started_s)
    return best


def line(
    what: str,
    circuit: Circuit,
    *,
    n_points: int,
    device: Any,
    labels: tuple[int, ...],
    snapshot: DeviceSnapshot | None = None,
) -> Line:
    """Measure one circuit on the engine and in a loop over Braket's device."""
    from braket.circuits import Circuit as BraketCircuit

    model = noise.of(snapshot) if snapshot else None
    programs = from_circuits([circuit], measured_qubits=labels, noise=model)
    names = circuit.parameters
    points = np.random.default_rng(1).uniform(-np.pi, np.pi, (n_points, len(names)))
    text = to_openqasm(circuit, measured_qubits=labels, verbatim=snapshot is not None)
    parsed = BraketCircuit.from_ir(text)
    few = [dict(zip(names, map(float, point), strict=True)) for point in points[:3]]

    def ours() -> None:
        for _ in running.counts_by_slab(programs, points, names=names, shots=SHOTS, seed=1):
            pass

    def theirs() -> None:
        for values in few:
            device.run(parsed.copy(), shots=SHOTS, inputs=values).result()

    ours_s, theirs_s = measured(ours, theirs)
    return Line(what, 1e3 * ours_s / n_points, 1e3 * theirs_s / len(few))


def million(circuit: Circuit, programs: tuple[Program, ...]) -> str:
    """Run a million points of four qubits by the slab, and say what memory that took."""
    import resource

    names = circuit.parameters
    points = np.random.default_rng(1).uniform(-np.pi, np.pi, (10**6, len(names)))
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started_s = time.perf_counter()
    shots = sum(
        int(found.counts.sum())
        for found in running.counts_by_slab(programs, points, names=names, shots=SHOTS, seed=1)
    )
    took_s = time.perf_counter() - started_s
    grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib) / 2**10
    return f"a million points, {shots:,} shots: {took_s:.1f} s, {grown_mib:.0f} MiB more memory"


def perfect() -> list[Line]:
    """Measure state vectors beside Braket's simulator."""
    from braket.devices import LocalSimulator

    stock = LocalSimulator("braket_sv")
    return [
        line(f"{n} qubits", rotations(n), n_points=points, device=stock, labels=tuple(range(n)))
        for n, points in POINTS.items()
    ]


def emulated(document: Path) -> list[Line]:
    """Measure density matrices beside Braket's emulator of a Garnet."""
    from braket.emulation.local_emulator import LocalEmulator
    from braket.schema_common import BraketSchemaBase

    capabilities = BraketSchemaBase.parse_raw_schema(document.read_text())
    emulator = LocalEmulator.from_device_properties(capabilities)
    return [
        line(
            f"{n} qubits on {GARNET}",
            native(CHAIN[:n]),
            n_points=n_points,
            device=emulator,
            labels=CHAIN[:n],
            snapshot=resolve(GARNET),
        )
        for n, n_points in ((4, 4000), (6, 200))
    ]


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    warnings.simplefilter("ignore")
    lines = perfect() + [found for path in arguments for found in emulated(Path(path))]
    print(f"{LAYERS} layers, {SHOTS} shots; milliseconds a point, sampling included")  # noqa: T201
    for each in lines:
        times = f"{each.ours_ms:10.4f} {each.theirs_ms:10.1f}"
        print(f"{each.what:28} {times} {each.theirs_ms / each.ours_ms:10.0f} x")  # noqa: T201
    four = rotations(4)
    print(million(four, from_circuits([four], measured_qubits=range(4), noise=None)))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
