"""Compile a program into the native gates of one device at one calibration."""

import importlib.metadata
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import TypedDict

from datasets.records.circuits import Circuit, Gate
from datasets.records.compiled import CompiledId, CompiledProgram, MeasuredCircuit, Metrics
from datasets.records.devices import CalibrationId, DeviceSnapshot
from datasets.records.problems import Program, ProgramId
from tasks.core.circuits.openqasm import to_openqasm
from tasks.core.compilation.emission import EMISSION_VERSION, emit
from tasks.core.compilation.iswap import EXCHANGE_VERSION
from tasks.core.compilation.measurement import light_cone
from tasks.core.compilation.natives import natives_of
from tasks.core.compilation.reasons import reason
from tasks.core.compilation.relabelling import PLACEMENT_VERSION
from tasks.core.compilation.routing import Placement, placements
from tasks.core.compilation.success import metrics
from tasks.core.compilation.translation import checked_source
from tasks.core.identity import digest
from tasks.errors import BadInput

LEVELS = range(4)
SEEDS_MAX = 1000
FIRST_SEED_MAX = 2**31  # qiskit takes seeds below 2**32


class _Content(TypedDict):
    program_id: ProgramId
    calibration_id: CalibrationId
    circuit: Circuit
    measured: tuple[MeasuredCircuit, ...]
    layout: tuple[int, ...]
    measured_qubits: tuple[int, ...]
    toolchain: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CompileOptions:
    """How hard to look for a good placement.

    `seeds` placements are tried, with the seeds `first_seed`, `first_seed + 1`, ...;
    `optimisation_level` is qiskit's, 0 to 3.
    """

    seeds: int = 10
    optimisation_level: int = 2
    first_seed: int = 0


def compile_program(
    program: Program,
    *,
    snapshot: DeviceSnapshot,
    bases: Sequence[str],
    options: CompileOptions = CompileOptions(),
) -> CompiledProgram:
    """Return the program in native gates, once for each measurement basis, on one placement.

    `bases` are strings with a letter out of I, X, Y, Z for each measured qubit, bit 0 leftmost.
    The placement is that whose least likely measured circuit is likeliest to succeed; the metrics
    are those of that circuit.

    Raises:
        TooLarge: more qubits than the device has.
        BadInput: a gate, angle, basis or option that cannot be compiled, or too small a device.
    """
    started_s = time.perf_counter()
    check_options(options)
    check_bases(bases, n_qubits=len(program.bits))
    ranked = placements(
        light_cone(checked_source(program.circuit), measured=program.bits),
        measured=program.bits,
        snapshot=snapshot,
        bases=bases,
        seeds=range(options.first_seed, options.first_seed + options.seeds),
        optimisation_level=options.optimisation_level,
    )
    content = _content(program, snapshot=snapshot, bases=bases, chosen=ranked[0], options=options)
    return CompiledProgram(
        compiled_id=_identity(content),
        **content,
        metrics=_worst_metrics(content, snapshot=snapshot),
        reason=reason(ranked, snapshot=snapshot),
        compile_s=time.perf_counter() - started_s,
    )


@cache
def toolchain() -> tuple[tuple[str, str], ...]:
    """Return what decides the gates that come out, name and version, sorted by name."""
    packages = ((name, importlib.metadata.version(name)) for name in ("numpy", "qiskit"))
    return (("emission", EMISSION_VERSION), *packages)


def _placed(chosen: Placement) -> tuple[tuple[str, str], ...]:
    """Return the versions of the rules that changed what routing alone makes."""
    moved = (("placement", PLACEMENT_VERSION),) if chosen.moved else ()
    return (*moved, *((("exchange", EXCHANGE_VERSION),) if chosen.exchanged else ()))


def check_options(options: CompileOptions) -> None:
    """Return when the options are within their limits.

    Raises:
        BadInput: the first that is not.
    """
    if options.optimisation_level not in LEVELS:
        message = f"The optimisation level is 0 to 3, not {options.optimisation_level}. Choose one."
        raise BadInput(message)
    if not 1 <= options.seeds <= SEEDS_MAX or not 0 <= options.first_seed <= FIRST_SEED_MAX:
        message = (
            f"Compilation tries 1 to {SEEDS_MAX} seeds from 0 to {FIRST_SEED_MAX} on; it was asked "
            f"for {options.seeds} from {options.first_seed} on. Choose others."
        )
        raise BadInput(message)


def check_bases(bases: Sequence[str], *, n_qubits: int) -> None:
    """Return when every basis has one letter out of I, X, Y, Z for each qubit.

    Raises:
        BadInput: the first that has not.
    """
    for basis in bases:
        if len(basis) != n_qubits or not set(basis) <= set("IXYZ"):
            message = (
                f"The basis {basis!r} does not fit; it needs one letter out of I, X, Y, Z for each "
                f"of the {n_qubits} qubits. Correct it."
            )
            raise BadInput(message)


def _content(
    program: Program,
    *,
    snapshot: DeviceSnapshot,
    bases: Sequence[str],
    chosen: Placement,
    options: CompileOptions,
) -> _Content:
    """Return what identifies the compiled program; how long it took and why do not."""
    natives = natives_of(snapshot)

    def native(gates: Sequence[Gate]) -> Circuit:
        return Circuit(program.circuit.n_qubits, emit(gates, natives=natives))

    forms = zip(bases, chosen.measured, strict=True)
    return _Content(
        program_id=program.program_id,
        calibration_id=snapshot.calibration_id,
        circuit=native(chosen.gates),
        measured=tuple(MeasuredCircuit(basis, native(gates)) for basis, gates in forms),
        layout=chosen.layout,
        measured_qubits=chosen.measured_qubits,
        toolchain=(*toolchain(), *_placed(chosen)),
        options=tuple((name, str(value)) for name, value in sorted(asdict(options).items())),
    )


def _identity(content: _Content) -> CompiledId:
    """Return the digest of what is run, as the text that is run, and of where it came from."""
    ends = content["measured_qubits"]
    circuits = [("", content["circuit"]), *((m.basis, m.circuit) for m in content["measured"])]
    texts = [
        (basis, to_openqasm(circuit, measured_qubits=ends, verbatim=True))
        for basis, circuit in circuits
    ]
    return CompiledId(digest({**content, "circuit": texts, "measured": ()}))


def _worst_metrics(content: _Content, *, snapshot: DeviceSnapshot) -> Metrics:
    circuits = [form.circuit for form in content["measured"]] or [content["circuit"]]
    measured_qubits = content["measured_qubits"]
    every = (metrics(c, measured_qubits=measured_qubits, snapshot=snapshot) for c in circuits)
    return min(every, key=lambda m: m.estimated_success)
