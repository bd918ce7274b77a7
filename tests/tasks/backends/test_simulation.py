"""Emulated devices behave as Braket's own emulator does, and remember what they ran."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.problems.catalogue import load
from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.compiled import CompiledId, CompiledProgram
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Executable, Execution, ExecutionId, Purpose, RunId
from tasks.backends import noise
from tasks.backends.lowered import lower
from tasks.backends.simulated import SimulatedBackend
from tasks.core.circuits.openqasm import to_openqasm
from tasks.core.compilation.compiler import compile_program
from tasks.core.physics.ansatz import build
from tasks.core.planning.actions import Unit, program_set
from tasks.errors import BadInput, StorageFault

pytestmark = pytest.mark.slow

RAW = {
    "emulator:garnet": "iqm_garnet_device_capabilities.json",
    "emulator:cepheus": "rigetti_device_capabilities.json",
    "emulator:forte-enterprise": "ionq_forte_enterprise_device_capabilities.json",
}


def compiled_h2(snapshot: DeviceSnapshot, basis: str) -> CompiledProgram:
    program = build(load("h2"), kind="uccsd")
    return compile_program(program, snapshot=snapshot, bases=[basis])


@pytest.mark.parametrize("target", RAW)
@pytest.mark.parametrize("basis", ["ZZZZ", "XXYY"])
def test_an_emulated_device_has_the_noise_of_braket_s_emulator(
    target: str, basis: str, shared_data: Path
) -> None:
    from braket.circuits import Circuit as BraketCircuit
    from braket.emulation.local_emulator import LocalEmulator
    from braket.schema_common import BraketSchemaBase

    document = (shared_data / "devices" / RAW[target]).read_text()
    emulator = LocalEmulator.from_device_properties(BraketSchemaBase.parse_raw_schema(document))
    compiled = compiled_h2(resolve(target), basis)
    measured = compiled.measured[0]
    text = to_openqasm(measured.circuit, measured_qubits=compiled.measured_qubits, verbatim=True)
    values = dict.fromkeys(measured.circuit.parameters, 0.37)
    shots = 20_000
    result = emulator.run(BraketCircuit.from_ir(text, values), shots=shots).result()
    seen = np.zeros(16)
    order = [result.measured_qubits.index(q) for q in compiled.measured_qubits]
    for row in result.measurements[:, order]:
        seen[int("".join(map(str, row[::-1])), 2)] += 1

    lowered = lower(
        [measured.circuit],
        measured_qubits=compiled.measured_qubits,
        names=tuple(values),
        noise=noise.of(resolve(target)),
    )
    ours = lowered.probabilities(np.array([list(values.values())])).values[0][0]
    # Pearson's chi-squared over the outcomes expected at least 5 times; 16 + 6 sigma of its spread.
    kept = ours * shots >= 5
    chi_squared = float(np.sum((seen - ours * shots)[kept] ** 2 / (ours * shots)[kept]))
    assert chi_squared < 16 + 6 * np.sqrt(2 * 16)


def test_qubits_that_only_routing_uses_are_left_out_of_the_outcome() -> None:
    turn = Gate("rx", (7,), (Angle(np.pi),))
    circuit = Circuit(2, (turn, Gate("rx", (3,), (Angle(np.pi),))))
    lowered = lower([circuit], measured_qubits=(5, 3), names=(), noise=None)
    assert lowered.probabilities(np.empty((1, 0))).values[0][0] == pytest.approx([0, 0, 1, 0])


def test_threads_may_simulate_at_once() -> None:
    circuit = Circuit(3, tuple(Gate("rx", (q,), (Angle(0.3),)) for q in range(3)))

    def run(_: int) -> bytes:
        lowered = lower([circuit], measured_qubits=(0, 1, 2), names=(), noise=noise.NOISELESS)
        return lowered.probabilities(np.empty((1, 0))).values[0].tobytes()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(run, range(40)))) == 1


@pytest.fixture
def backend(tmp_path: Path) -> SimulatedBackend:
    return SimulatedBackend(resolve("local:sv"), tmp_path)


def an_execution(name: str = "a", *, seed: int = 5, shots: int = 300) -> Execution:
    circuit = Circuit(2, (Gate("rx", (0,), (Angle(0.0, (("x", 1.0),)),)),))
    source = to_openqasm(circuit, measured_qubits=(0, 1), verbatim=False)
    wanted = [Unit(source, (("x", value),)) for value in (0.0, np.pi, 1.0)]
    return Execution(
        execution_id=ExecutionId(name * 40),
        run_id=RunId("r"),
        target="local:sv",
        compiled_id=CompiledId("c"),
        calibration_id=resolve("local:sv").calibration_id,
        action=program_set(wanted),
        shots=shots,
        seed=seed,
        executables=tuple(Executable(i, "ZZ", "raw", 1) for i in range(3)),
        purpose=Purpose.ITERATION,
        iteration=0,
        cost_usd=Decimal(0),
    )


def counts(backend: SimulatedBackend, execution: Execution) -> list[dict[int, int]]:
    found = backend.fetch(backend.submit(execution))
    return [dict(zip(h.outcomes.tolist(), h.counts.tolist(), strict=True)) for h in found]


def test_bit_0_is_the_first_measured_qubit(backend: SimulatedBackend) -> None:
    zero, one, both = counts(backend, an_execution())
    assert zero == {0: 100}
    assert one == {1: 100}
    assert set(both) == {0, 1}


def test_the_seed_alone_decides_what_is_sampled(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    one = SimulatedBackend(resolve("local:sv"), here)
    other = SimulatedBackend(resolve("local:sv"), there)
    assert counts(one, an_execution("a")) == counts(other, an_execution("b"))
    other_seed = an_execution("c", seed=6, shots=30_000)
    assert counts(one, other_seed) != counts(one, an_execution("d", shots=30_000))


@given(
    copies=st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0.1, 0.7, 2.0])), min_size=1),
    seed=st.integers(0, 2**60),
)
def test_a_circuit_is_sampled_alike_whatever_stands_between_its_units(
    copies: list[tuple[int, float]], seed: int
) -> None:
    sources = [
        to_openqasm(
            Circuit(1, (Gate(name, (0,), (Angle(0.2, (("x", 1.0),)),)),)),
            measured_qubits=(0,),
            verbatim=False,
        )
        for name in ("rx", "gpi2")
    ]
    wanted = [Unit(sources[which], (("x", value),)) for which, value in copies]
    first = wanted[0].source
    together = [unit for unit in wanted if unit.source == first]

    def drawn(some: list[Unit]) -> list[list[int]]:
        asked = replace(an_execution(seed=seed), action=program_set(some), shots=50 * len(some))
        with TemporaryDirectory() as folder:
            backend = SimulatedBackend(resolve("local:sv"), Path(folder))
            found = backend.fetch(backend.submit(asked))
        return [
            h.counts.tolist() for h, unit in zip(found, some, strict=True) if unit.source == first
        ]

    assert drawn(wanted) == drawn(together)


def test_an_execution_is_simulated_once(backend: SimulatedBackend) -> None:
    first = counts(backend, an_execution())
    assert backend.find(an_execution()) == "a" * 40
    # Another seed would give other counts, had it been simulated again.
    assert counts(backend, an_execution(seed=99)) == first


def test_a_discarded_result_is_forgotten(backend: SimulatedBackend) -> None:
    handle = backend.submit(an_execution())
    backend.discard(handle)
    backend.discard(handle)
    assert backend.find(an_execution()) is None


def test_shots_that_do_not_divide_are_refused(backend: SimulatedBackend) -> None:
    with pytest.raises(BadInput, match="100 shots do not divide by 3 executables"):
        backend.submit(an_execution(shots=100))


def test_a_spool_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    backend = SimulatedBackend(resolve("local:sv"), tmp_path / "absent")
    with pytest.raises(StorageFault, match=r"cannot be kept in .*absent: No such file"):
        backend.submit(an_execution())


def test_circuits_beyond_this_machine_are_refused(tmp_path: Path) -> None:
    backend = SimulatedBackend(resolve("emulator:garnet"), tmp_path)
    with pytest.raises(BadInput, match="up to 12 qubits; the circuit needs 13"):
        backend.validate(Circuit(13, ()))
