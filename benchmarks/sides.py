"""The sides of a comparison: the same work done in different ways, and how long each takes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.workloads import THETA, Workload
from datasets.devices.catalogue import resolve
from datasets.records.circuits import Circuit
from tasks.backends import noise
from tasks.backends.engine import running
from tasks.backends.engine.compiled import from_circuits
from tasks.backends.engine.results import Setting
from tasks.core.circuits.openqasm import to_openqasm
from tasks.core.compilation.compiler import compile_program
from tasks.core.estimation.observables import parse_observables
from tasks.core.estimation.points import combined, groups_of

WORKERS = 2


@dataclass(slots=True)
class Side:
    """One way: `work` does it once and returns the seconds that count."""

    name: str
    n_points: int
    work: Callable[[], float]
    best_s: float = float("inf")
    note: str = ""

    @property
    def ms_per_point(self) -> float:
        """Milliseconds a point, of the best turn."""
        return 1e3 * self.best_s / self.n_points


def compare(sides: Sequence[Side], *, turns: int) -> None:
    """Let the sides take turns, so that other work on the machine falls on all of them."""
    for _ in range(turns):
        for side in sides:
            side.best_s = min(side.best_s, side.work())


def timed(work: Callable[[], object]) -> Callable[[], float]:
    """Return the work with a clock around it."""

    def run() -> float:
        started_s = time.perf_counter()
        work()
        return time.perf_counter() - started_s

    return run


def engine(work: Workload) -> Side:
    """Return the bare engine: compiled once, all points, counts drawn."""
    native, labels = _native(work)
    model = noise.at(resolve(work.target))
    programs = from_circuits([native], measured_qubits=labels, noise=model)
    setting = Setting(noisy=model is not None, workers=WORKERS)

    def run() -> None:
        for _ in running.counts_by_slab(
            programs, work.points, names=(THETA,), shots=work.shots, seed=1, setting=setting
        ):
            pass

    return Side("bare engine", work.n_points, timed(run))


def local_loop(work: Workload) -> Side:
    """Return a loop over `LocalSimulator.run`, a circuit parsed once."""
    from braket.devices import LocalSimulator

    return _loop("LocalSimulator.run loop", work, device=LocalSimulator("braket_sv"))


def emulator_loop(work: Workload, *, document: Path) -> Side:
    """Return a loop over `LocalEmulator.run`, with the circuit that the runtime compiled."""
    from braket.emulation.local_emulator import LocalEmulator
    from braket.schema_common import BraketSchemaBase

    capabilities = BraketSchemaBase.parse_raw_schema(document.read_text())
    device = LocalEmulator.from_device_properties(capabilities)
    return _loop("LocalEmulator.run loop", work, device=device)


def batch(work: Workload) -> Side:
    """Return `LocalSimulator.run_batch`."""
    from braket.devices import LocalSimulator

    device, circuit = LocalSimulator("braket_sv"), _braket(work)

    def run() -> None:
        inputs = [{THETA: value} for value in work.few]
        device.run_batch([circuit] * work.sample, shots=work.shots, inputs=inputs).results()

    return Side("LocalSimulator.run_batch", work.sample, timed(run))


def program_set(work: Workload) -> Side:
    """Return a `ProgramSet` on `LocalSimulator`."""
    from braket.devices import LocalSimulator
    from braket.program_sets import CircuitBinding, ProgramSet

    device = LocalSimulator("braket_sv")
    bound = CircuitBinding(_braket(work), input_sets={THETA: work.few})

    def run() -> None:
        device.run(ProgramSet([bound]), shots=work.shots * work.sample).result()

    return Side("ProgramSet on LocalSimulator", work.sample, timed(run))


def _loop(name: str, work: Workload, *, device: Any) -> Side:
    circuit = _braket(work)

    def run() -> None:
        for value in work.few:
            device.run(circuit.copy(), shots=work.shots, inputs={THETA: value}).result()

    return Side(name, work.sample, timed(run))


def _braket(work: Workload) -> Any:
    from braket.circuits import Circuit as BraketCircuit

    native, labels = _native(work)
    noisy = work.target != "local:sv"
    return BraketCircuit.from_ir(to_openqasm(native, measured_qubits=labels, verbatim=noisy))


def _native(work: Workload) -> tuple[Circuit, tuple[int, ...]]:
    """Return the circuit for the target, and the labels that are measured."""
    if work.target == "local:sv":
        return work.circuit, tuple(range(work.n_qubits))
    from datasets.records.problems import Program, ProgramId

    observables = parse_observables(["Z0*Z1"], n_qubits=work.n_qubits, problem=lambda _: None)
    program = Program(
        program_id=ProgramId("0" * 64),
        name=work.name,
        circuit=work.circuit,
        parameters=(THETA,),
        frequencies=(),
        observable=combined(observables),
    )
    bases = [group.basis for group in groups_of(observables)]
    compiled = compile_program(program, snapshot=resolve(work.target), bases=bases)
    return compiled.measured[0].circuit, compiled.measured_qubits
