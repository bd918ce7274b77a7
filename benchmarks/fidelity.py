"""Whether predicted fidelity ranks devices as their emulated outcomes do.

`python -m benchmarks.fidelity [FOLDER]` compiles own circuits, and the OpenQASM files in a folder
that can be read, for five bundled calibrations; runs each on the noisy engine; and prints the rank
correlation of what was predicted with the normalised fidelity of what came out, beside that of the
devices' median two-qubit error. Then it compares placing by the full error model with placing by
two-qubit error alone, on an emulation that relaxes too (benchmarks/relaxing.py).
"""

import argparse
import math
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from benchmarks.relaxing import outcomes
from datasets.devices.catalogue import resolve
from datasets.records.circuits import Circuit, Gate
from datasets.records.compiled import CompiledProgram
from datasets.records.devices import DeviceSnapshot
from datasets.records.problems import Hamiltonian, Program, ProgramId
from tasks.backends import noise
from tasks.backends.lowered import lower
from tasks.core.compilation import relabelling, routing
from tasks.core.compilation.compiler import compile_program
from tasks.core.compilation.success import Fidelities
from tasks.core.identity import digest
from tasks.core.qasm.reading import read_circuit
from tasks.errors import BadInput
from tasks.selection.selector import RANKING

DEVICES = (
    "emulator:garnet",
    "emulator:garnet@2025-07-06",
    "emulator:emerald",
    "emulator:cepheus",
    "emulator:forte-enterprise",
)
MAX_QUBITS, MAX_GATES = 7, 300
TELLING = 0.95  # circuits whose outcome is closer to coins than this tell nothing of a device
MAX_TOUCHED = 8  # qubits that routing may use on the way
INVERSE = {"h": "h", "s": "si", "si": "s", "t": "ti", "ti": "t", "x": "x", "cnot": "cnot"}


@dataclass(frozen=True, slots=True)
class Seen:
    """One circuit on one device: what was predicted and what came out."""

    circuit: str
    device: str
    predicted: float
    median_error: float
    hellinger: float
    outcome: float


def own_circuits() -> Iterator[tuple[str, Circuit]]:
    """Yield GHZ states, mirror circuits and random circuits with their seeds."""
    for n in range(2, 8):
        yield f"ghz_{n}", ghz(n)
    for n in range(2, 6):
        for layers in (2, 6):
            yield f"mirror_{n}_{layers}", mirror(n, layers=layers, seed=10 * n + layers)
    for n in range(2, 6):
        yield f"random_{n}", Circuit(n, scrambled(n, layers=4, seed=n))


def ghz(n_qubits: int) -> Circuit:
    """Return the preparation of a GHZ state along a chain."""
    chain = (Gate("cnot", (q, q + 1)) for q in range(n_qubits - 1))
    return Circuit(n_qubits, (Gate("h", (0,)), *chain))


def mirror(n_qubits: int, *, layers: int, seed: int) -> Circuit:
    """Return random layers, Paulis and the layers' inverse (mirror circuits, arXiv:2008.11294)."""
    there = scrambled(n_qubits, layers=layers, seed=seed)
    back = tuple(Gate(INVERSE[gate.name], gate.qubits) for gate in reversed(there))
    # Random Paulis keep the two halves from being compiled away.
    paulis = np.random.default_rng([seed, 1]).choice(["x", "y"], n_qubits)
    between = tuple(Gate(str(name), (q,)) for q, name in enumerate(paulis))
    return Circuit(n_qubits, (*there, *between, *back))


def scrambled(n_qubits: int, *, layers: int, seed: int) -> tuple[Gate, ...]:
    """Return layers of random one-qubit gates and CNOTs on random neighbours."""
    rng = np.random.default_rng(seed)
    gates: list[Gate] = []
    for _ in range(layers):
        gates += [Gate(str(rng.choice(["h", "s", "t", "x"])), (q,)) for q in range(n_qubits)]
        first = int(rng.integers(0, n_qubits - 1))
        gates.append(Gate("cnot", (first, first + 1)))
    return tuple(gates)


def read_circuits(folder: Path) -> Iterator[tuple[str, Circuit]]:
    """Yield the circuits of a folder that can be read, are small and have no parameters."""
    for path in sorted(folder.rglob("*.qasm")):
        try:
            read = read_circuit(path.read_text(), origin=path.name)
        except BadInput:
            continue
        circuit = read.circuit
        small = circuit.n_qubits <= MAX_QUBITS and len(circuit.gates) <= MAX_GATES
        if small and not read.parameters:
            yield path.stem, circuit


def compiled_for(name: str, circuit: Circuit, snapshot: DeviceSnapshot) -> CompiledProgram:
    """Return the circuit as a selection compiles it."""
    n = circuit.n_qubits
    program = Program(ProgramId(digest(circuit)), name, circuit, (), (), Hamiltonian(n, ()))
    return compile_program(program, snapshot=snapshot, bases=["Z" * n], options=RANKING)


def look(name: str, circuit: Circuit, device: str) -> Seen | None:
    """Return what a circuit gives on a device; None where routing spreads it too far."""
    snapshot = resolve(device)
    compiled = compiled_for(name, circuit, snapshot)
    native = compiled.measured[0].circuit
    if len({q for gate in native.gates for q in gate.qubits}) > MAX_TOUCHED:
        return None
    found = [
        lower([native], measured_qubits=compiled.measured_qubits, names=(), noise=model)
        .probabilities(np.zeros((1, 0)))
        .values[0][0]
        for model in (noise.of(snapshot), None)
    ]
    median_error = statistics.median(1 - pair.fidelity.value for pair in snapshot.pairs)
    predicted = compiled.metrics.estimated_success
    noisy, ideal = found
    return Seen(
        name, device, predicted, median_error, hellinger(noisy, ideal), normalised(noisy, ideal)
    )


def hellinger(one: np.ndarray, other: np.ndarray) -> float:
    """Return the Hellinger fidelity of two distributions, 1 where they are equal."""
    return float(np.sqrt(np.clip(one, 0, None) * np.clip(other, 0, None)).sum() ** 2)


def normalised(found: np.ndarray, ideal: np.ndarray) -> float:
    """Return the normalised fidelity: 1 where nothing went wrong, 0 for coins (arXiv:2110.03137).

    Not a number where the ideal outcome is that of coins.
    """
    coins = hellinger(np.full_like(ideal, 1 / len(ideal)), ideal)
    return (hellinger(found, ideal) - coins) / (1 - coins) if coins < TELLING else math.nan


def correlations(seen: Sequence[Seen]) -> dict[str, float]:
    """Return Spearman's rank correlations, over all pairs and within the circuits."""
    outcome = [each.outcome for each in seen]
    circuits: dict[str, list[Seen]] = {}
    for each in seen:
        circuits.setdefault(each.circuit, []).append(each)
    whole = [group for group in circuits.values() if len(group) == len(DEVICES)]
    return {
        "predicted": _rank([each.predicted for each in seen], outcome),
        "predicted, with Hellinger": _rank(
            [each.predicted for each in seen], [each.hellinger for each in seen]
        ),
        "median error": _rank([-each.median_error for each in seen], outcome),
        "predicted, within circuits": statistics.mean(
            _rank([e.predicted for e in group], [e.outcome for e in group]) for group in whole
        ),
        "median error, within circuits": statistics.mean(
            _rank([-e.median_error for e in group], [e.outcome for e in group]) for group in whole
        ),
        "right device": statistics.mean(
            max(group, key=lambda e: e.predicted) is max(group, key=lambda e: e.outcome)
            for group in whole
        ),
    }


def placements(
    circuits: Sequence[tuple[str, Circuit]],
) -> list[tuple[str, str, bool, float, float]]:
    """Return circuit, device, whether the qubits differ, and both outcomes on real qubits."""
    found = []
    for device in DEVICES[:4]:
        snapshot = resolve(device)
        for name, circuit in circuits:
            full = compiled_for(name, circuit, snapshot)
            native = full.measured[0].circuit
            if len({q for gate in native.gates for q in gate.qubits}) > MAX_TOUCHED:
                continue
            labels = by_coupler_alone(full, snapshot)
            moved = tuple(
                Gate(g.name, tuple(labels[q] for q in g.qubits), g.angles) for g in native.gates
            )
            ends = tuple(labels[q] for q in full.measured_qubits)
            ideal = (
                lower([native], measured_qubits=full.measured_qubits, names=(), noise=None)
                .probabilities(np.zeros((1, 0)))
                .values[0][0]
            )
            # The engine counts outcomes from the first measured qubit, this emulation to it.
            ideal = _mirrored(ideal)
            both = [
                hellinger(outcomes(g, measured_qubits=e, snapshot=snapshot), ideal)
                for g, e in ((native.gates, full.measured_qubits), (moved, ends))
            ]
            differs = set(ends) != set(full.measured_qubits)
            found.append((name, device, differs, both[0], both[1]))
    return found


class CouplersAlone(Fidelities):
    """The error model of two-qubit gates and nothing else."""

    def one_qubit(self, label: int) -> float:
        """Return 1: it does not count."""
        return super().one_qubit(label) ** 0

    def readout(self, label: int) -> float:
        """Return 1: it does not count."""
        return super().readout(label) ** 0

    def log_idle(self, label: int, waits: Sequence[float]) -> float:
        """Return 0: it does not count."""
        return 0.0 * super().log_idle(label, waits)


def by_coupler_alone(compiled: CompiledProgram, snapshot: DeviceSnapshot) -> relabelling.Labels:
    """Return where the same circuit goes by two-qubit error alone."""
    lowered = {"prx": "rx", "gpi": "rx", "gpi2": "rx", "rx": "rx", "rz": "rz"}
    native = compiled.measured[0].circuit.gates
    gates = [Gate(lowered.get(gate.name, gate.name), gate.qubits) for gate in native]
    return routing.best_labels(
        gates,
        whole=gates,
        layout=compiled.layout,
        measured_qubits=compiled.measured_qubits,
        snapshot=snapshot,
        fidelities=CouplersAlone(snapshot),
    )


def _mirrored(found: np.ndarray) -> np.ndarray:
    n = int(np.log2(len(found)))
    return found.reshape((2,) * n).transpose(range(n)[::-1]).reshape(-1)


def _rank(one: Sequence[float], other: Sequence[float]) -> float:
    return float(spearmanr(one, other).statistic)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="More circuits, as OpenQASM files.")
    folder = parser.parse_args().folder
    circuits = [*own_circuits(), *(read_circuits(folder) if folder else ())]
    pairs = (look(name, circuit, device) for name, circuit in circuits for device in DEVICES)
    seen = [each for each in pairs if each is not None and not math.isnan(each.outcome)]
    told = len({each.circuit for each in seen})
    _print(f"{len(seen)} pairs of {told} circuits and {len(DEVICES)} devices")
    for name, value in correlations(seen).items():
        _print(f"{name:<32} {value:6.3f}")
    small = [item for item in circuits if item[1].n_qubits <= MAX_QUBITS - 2]
    placed = placements(small)
    differ = [each for each in placed if each[2]]
    gained = [full - alone for *_, full, alone in differ]
    _print(f"placed on other qubits: {len(differ)} of {len(placed)}")
    _print(f"outcome gained there: mean {statistics.mean(gained):+.4f}, least {min(gained):+.4f}")
    _print(f"better in {sum(gain > 0 for gain in gained)} of {len(gained)}")


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
