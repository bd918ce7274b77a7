"""The canaries of a device: what is run, and which outcomes are right."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from datasets.records.circuits import Circuit, Gate
from datasets.records.compiled import CompiledId, CompiledProgram, MeasuredCircuit
from datasets.records.devices import DeviceSnapshot
from datasets.records.problems import Hamiltonian, PauliTerm, Program, ProgramId
from tasks.core.canaries.mirrors import mirror
from tasks.core.circuits.openqasm import to_openqasm
from tasks.core.compilation.compiler import toolchain
from tasks.core.compilation.natives import natives_of
from tasks.core.compilation.success import metrics
from tasks.core.identity import digest
from tasks.core.mitigation import readout

TOGETHER: Final = 8  # qubits whose readout is learnt at once: what an emulator does in no time
_SEED_DIGITS: Final = 15


@dataclass(frozen=True, slots=True)
class Canary:
    """One circuit in native gates, and the outcomes that are right; bit i is the i-th qubit."""

    name: str
    circuit: Circuit
    right: frozenset[int]

    @property
    def variant(self) -> str:
        """What its counts are called."""
        return self.name if self.name in readout.VARIANTS else f"canary:{self.name}"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Canaries on the same qubits, which are bought together: a program, and its native form."""

    program: Program
    compiled: CompiledProgram
    canaries: tuple[Canary, ...]

    @property
    def is_readout(self) -> bool:
        """Whether it learns how qubits are misread."""
        return self.canaries[0].variant in readout.VARIANTS


def ghz_program(n_qubits: int) -> Program:
    """Return the program that makes a GHZ state along a chain."""
    links = [Gate("cnot", pair) for pair in itertools.pairwise(range(n_qubits))]
    return _program("ghz", Circuit(n_qubits, (Gate("h", (0,)), *links)))


def chain_bundle(
    program: Program, *, ghz: CompiledProgram, snapshot: DeviceSnapshot, mirrors: int, layers: int,
    seed: int,
) -> Bundle:  # fmt: skip
    """Return the GHZ state and the mirror circuits on the qubits that the compiler has chosen.

    The same seed and calibration give the same circuits.
    """
    labels = ghz.measured_qubits
    everything = (1 << len(labels)) - 1
    canaries = [
        Canary(f"ghz-{len(labels)}", ghz.measured[0].circuit, frozenset({0, everything})),
        *_mirrors(labels, snapshot=snapshot, count=mirrors, layers=layers, seed=seed),
    ]
    return _bundle(program, canaries, labels, snapshot=snapshot, reason=ghz.reason)


def readout_bundles(snapshot: DeviceSnapshot) -> Iterator[Bundle]:
    """Yield, for a few qubits at a time, all of them prepared in 0 and all in 1."""
    every = [qubit.label for qubit in snapshot.qubits]
    for start in range(0, len(every), TOGETHER):
        yield readout_bundle(every[start : start + TOGETHER], snapshot=snapshot)


def readout_bundle(qubits: Sequence[int], *, snapshot: DeviceSnapshot) -> Bundle:
    """Return the circuits that prepare all `qubits` in 0 and all in 1."""
    labels = tuple(qubits)
    circuits = readout.expand(labels, native_gates=snapshot.native_gates)
    rights = (0, (1 << len(labels)) - 1)
    canaries = [
        Canary(variant, circuit, frozenset({right}))
        for variant, circuit, right in zip(readout.VARIANTS, circuits, rights, strict=True)
    ]
    program = _program(f"readout {labels[0]} to {labels[-1]}", Circuit(len(labels), ()))
    return _bundle(program, canaries, labels, snapshot=snapshot, reason="Every qubit's turn.")


def _mirrors(
    labels: Sequence[int], *, snapshot: DeviceSnapshot, count: int, layers: int, seed: int
) -> Iterator[Canary]:
    natives = natives_of(snapshot)
    couplers = [pair for pair in snapshot.pairs if set(pair.labels) <= set(labels)]
    drawn = int(digest([seed, snapshot.calibration_id, list(labels)])[:_SEED_DIGITS], 16)
    for number in range(count):
        made = mirror(
            labels,
            couplers=couplers,
            natives=natives,
            layers=layers,
            rng=np.random.default_rng([drawn, number]),
        )
        yield Canary(f"mirror-{len(labels)}-{number}", made.circuit, frozenset({made.outcome}))


def _bundle(
    program: Program,
    canaries: Sequence[Canary],
    labels: tuple[int, ...],
    *,
    snapshot: DeviceSnapshot,
    reason: str,
) -> Bundle:
    """Return the canaries as a compiled program, each under its variant's name."""
    texts = [
        [canary.variant, to_openqasm(canary.circuit, measured_qubits=labels, verbatim=True)]
        for canary in canaries
    ]
    every = [metrics(c.circuit, measured_qubits=labels, snapshot=snapshot) for c in canaries]
    content = [program.program_id, snapshot.calibration_id, texts]
    compiled = CompiledProgram(
        compiled_id=CompiledId(digest(content)),
        program_id=program.program_id,
        calibration_id=snapshot.calibration_id,
        circuit=canaries[0].circuit,
        measured=tuple(MeasuredCircuit(c.variant, c.circuit) for c in canaries),
        layout=labels,
        measured_qubits=labels,
        metrics=min(every, key=lambda one: one.estimated_success),
        toolchain=toolchain(),
        options=(),
        reason=reason,
        compile_s=0.0,
    )
    return Bundle(program, compiled, tuple(canaries))


def _program(name: str, circuit: Circuit) -> Program:
    observable = Hamiltonian(circuit.n_qubits, (PauliTerm("Z" * circuit.n_qubits, 1.0),))
    content = [name, circuit, observable]
    return Program(ProgramId(digest(content)), name, circuit, (), (), observable)
