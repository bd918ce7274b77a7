"""The engine as simulators of Braket's own: `LocalSimulator("qrt_sv")`, `LocalSimulator("qrt_dm")`.

They give what "braket_sv" and "braket_dm" give, sooner: a program is read once, tasks that share
their text are evolved together, and threads may call them. What the engine does not cover runs on
Braket's simulator, with a warning that names the reason.
"""

import uuid
from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from braket.default_simulator import DensityMatrixSimulator, StateVectorSimulator
from braket.device_schema import DeviceActionType
from braket.ir.openqasm import Program as OpenQASMProgram
from braket.task_result import AdditionalMetadata, GateModelTaskResult, TaskMetadata
from braket.task_result.program_result_v1 import ProgramResult
from braket.task_result.program_set_executable_result_v1 import (
    ProgramSetExecutableResult,
    ProgramSetExecutableResultMetadata,
)
from braket.task_result.program_set_task_metadata_v1 import ProgramMetadata
from numpy.typing import NDArray

from tasks.backends.engine import running, stock
from tasks.backends.engine.analogue import TakesAnalogue
from tasks.backends.engine.falling_back import warn
from tasks.backends.engine.program import Program, Uncovered, Values
from tasks.backends.engine.reading import Reading, read
from tasks.backends.engine.results import Counts, Setting
from tasks.backends.engine.templates import Seen, lifted


class _Batched(TakesAnalogue):
    """What the two simulators share; `_noisy` tells them apart."""

    _noisy: bool

    def __init__(self, seed: int | None = None) -> None:
        """Make a simulator; with a seed, equal calls draw equal shots."""
        super().__init__()
        self._seed = seed
        self._seen = Seen()

    def run_openqasm(
        self,
        openqasm_ir: OpenQASMProgram,
        shots: int = 0,
        *,
        batch_size: int = 1,
        seed: int | None = None,
    ) -> GateModelTaskResult:
        """Run one program as Braket's simulator does; `seed` decides what is drawn."""
        (result,) = self._run_alike([openqasm_ir], shots, batch_size=batch_size, seed=seed)
        return result

    def run_multiple(
        self,
        programs: Sequence[Any],
        max_parallel: int | None = None,
        shots: int = 0,
        **rest: Any,
    ) -> list[GateModelTaskResult]:
        """Run programs in this process, those that differ in numbers alone together."""
        del max_parallel
        alike: dict[Any, list[int]] = {}
        for number, program in enumerate(programs):
            alike.setdefault(_template(program) or number, []).append(number)
        found: dict[int, GateModelTaskResult] = {}
        for members in alike.values():
            group = [programs[number] for number in members]
            if isinstance(group[0], OpenQASMProgram):
                results = self._run_alike(group, shots, **rest)
            else:
                results = [self.run(program, shots=shots, **rest) for program in group]
            found |= dict(zip(members, results, strict=True))
        return [found[number] for number in range(len(programs))]

    def run_jaqcd(self, *args: Any, **rest: Any) -> GateModelTaskResult:
        """Leave the older format to Braket's simulator."""
        warn(self.DEVICE_ID, "it is written in JAQCD")
        with stock.KERNELS:
            return super().run_jaqcd(*args, **rest)

    def _validate_program_set_instructions_compatibility(self, program_set: Any) -> None:
        """Leave it to each run: every program would be parsed once more."""

    def _run_single_program_in_program_set(
        self, program: Any, shots: int = 0, *, batch_size: int = 1
    ) -> tuple[ProgramResult, ProgramMetadata]:
        """Run the executables of one program together."""
        inputs = program.inputs or {}
        rows = [dict(zip(inputs, row, strict=True)) for row in zip(*inputs.values(), strict=True)]
        tasks = [OpenQASMProgram(source=program.source, inputs=row) for row in rows or [{}]]
        found = self._run_alike(tasks, shots, batch_size=batch_size)
        executables = [
            ProgramSetExecutableResult(
                inputsIndex=number,
                measurements=result.measurements,
                measurementProbabilities=result.measurementProbabilities,
                measuredQubits=result.measuredQubits,
            )
            for number, result in enumerate(found)
        ]
        return (
            ProgramResult(
                executableResults=executables,
                source=program,
                additionalMetadata=AdditionalMetadata(),
            ),
            ProgramMetadata(executables=[ProgramSetExecutableResultMetadata()] * len(found)),
        )

    def _run_alike(
        self,
        tasks: Sequence[OpenQASMProgram],
        shots: int = 0,
        *,
        batch_size: int = 1,
        seed: int | None = None,
    ) -> list[GateModelTaskResult]:
        """Run tasks whose texts differ in numbers alone."""
        created_at = self._timestamp()
        try:
            reading, points = _read(tasks, self._source(tasks))
            self._check(reading, shots)
            found = self._found(reading, points, shots, self._seed if seed is None else seed)
        except Uncovered as reason:
            if len(tasks) > 1:
                again = partial(self._run_alike, batch_size=batch_size, seed=seed)
                return [again([task], shots)[0] for task in tasks]
            return [self._fall_back(tasks[0], shots, batch_size, reason)]
        return [
            self._result(task, reading, shots, each, created_at)
            for task, each in zip(tasks, found, strict=True)
        ]

    def _source(self, tasks: Sequence[OpenQASMProgram]) -> str:
        """Return the text to read for tasks that are alike: their own, or their template."""
        text = tasks[0].source
        template = _template(tasks[0]) or text
        same = all(task.source == text for task in tasks)
        return text if same and not self._seen.again(template) else template

    def _check(self, reading: Reading, shots: int) -> None:
        """Raise what Braket's simulator would raise."""
        results = list(reading.results)
        self._validate_ir_results_compatibility(
            results, device_action_type=DeviceActionType.OPENQASM
        )
        self._validate_shots_and_ir_results(shots, results, reading.program.n_qubits)
        if reading.program.is_noisy and not self._noisy:
            reason = "a state vector has no noise"
            raise Uncovered(reason)
        if any(result.type == "adjoint_gradient" for result in results):
            reason = "it asks for an adjoint gradient"
            raise Uncovered(reason)

    def _found(self, reading: Reading, points: Values, shots: int, seed: int | None) -> list[Any]:
        """Return each point's measurements, or its state when there are no shots."""
        program = reading.program
        setting = Setting(noisy=self._noisy)
        if not shots:
            states = running.states(program, points, names=program.parameters, setting=setting)
            return list(states.values[0])
        drawn = replace(program, steps=program.steps + reading.rotations)
        entropy = int(np.random.SeedSequence().generate_state(1)[0]) if seed is None else seed
        counts = running.counts(
            [drawn],
            points,
            names=program.parameters,
            shots=shots,
            seed=entropy,
            setting=setting,
        )
        rng = np.random.default_rng(entropy)
        return [_measurements(counts, row, drawn, rng) for row in range(len(points))]

    def _result(
        self, task: OpenQASMProgram, reading: Reading, shots: int, found: Any, created_at: str
    ) -> GateModelTaskResult:
        results = [copy(result) for result in reading.results]
        return GateModelTaskResult.construct(
            taskMetadata=TaskMetadata(
                id=str(uuid.uuid4()),
                shots=shots,
                deviceId=self.DEVICE_ID,
                createdAt=created_at,
                endedAt=self._timestamp(),
            ),
            additionalMetadata=AdditionalMetadata(action=task),
            resultTypes=results if shots else self._values(results, reading.program, found),
            measurements=found if shots else [],
            measuredQubits=list(reading.measured) or list(range(reading.program.n_qubits)),
        )

    def _values(self, results: list[Any], program: Program, found: NDArray[Any]) -> list[Any]:
        """Compute result types from a state by Braket's own code."""
        simulation = self.initialize_simulation(qubit_count=program.n_qubits, shots=0, batch_size=1)
        if self._noisy:
            simulation._density_matrix = stock.density_matrix(found, program.n_qubits)  # noqa: SLF001
        else:
            simulation._state_vector = np.ascontiguousarray(found)  # noqa: SLF001
        translated = self._translate_result_types(results)
        with stock.KERNELS:
            values: list[Any] = self._generate_results(results, translated, simulation)
        return values

    def _fall_back(
        self, task: OpenQASMProgram, shots: int, batch_size: int, reason: Uncovered
    ) -> GateModelTaskResult:
        warn(self.DEVICE_ID, str(reason))
        with stock.KERNELS:
            return super().run_openqasm(task, shots, batch_size=batch_size)


class BatchedStateVectorSimulator(_Batched, StateVectorSimulator):  # type: ignore[misc]
    """Stands in for "braket_sv"."""

    DEVICE_ID = "qrt_sv"
    _noisy = False


class BatchedDensityMatrixSimulator(_Batched, DensityMatrixSimulator):  # type: ignore[misc]
    """Stands in for "braket_dm"."""

    DEVICE_ID = "qrt_dm"
    _noisy = True


def _read(tasks: Sequence[OpenQASMProgram], source: str) -> tuple[Reading, Values]:
    """Return the program of tasks that are alike, and their points.

    Raises:
        Uncovered: the engine cannot run them, or not together.
    """
    inputs = [dict(task.inputs or {}) for task in tasks]
    if source != tasks[0].source:
        lifts = (lifted(task.source) for task in tasks)
        inputs = [
            each | dict(lift[1] if lift else ()) for each, lift in zip(inputs, lifts, strict=True)
        ]
    free = {name for name, value in inputs[0].items() if isinstance(value, float)}
    fixed = [{n: v for n, v in each.items() if n not in free} for each in inputs]
    if any(each != fixed[0] for each in fixed):
        reason = "inputs that are not of type float differ"
        raise Uncovered(reason)
    try:
        reading = read(source, _frozen(fixed[0]))
    except Uncovered:
        if len(tasks) > 1 or not free:
            raise
        # A parameter may decide a loop or a branch: then every point is a program of its own.
        reading = read(source, _frozen(inputs[0]))
    names = reading.program.parameters
    missing = [name for name in names if any(name not in each for each in inputs)]
    if missing:
        message = f"Missing input variable '{missing[0]}'."
        raise NameError(message)
    points = np.array([[float(each[name]) for name in names] for each in inputs])
    return reading, points.reshape(len(tasks), len(names))


def _template(program: Any) -> str | None:
    """Return the text that programs have in common when they differ in their numbers alone."""
    if not isinstance(program, OpenQASMProgram):
        return None
    found = lifted(program.source)
    return found[0] if found else program.source


def _frozen(inputs: dict[str, Any]) -> dict[str, Any]:
    """Return inputs that can be kept: the reader remembers what it has read."""
    if any(isinstance(value, list) for value in inputs.values()):
        reason = "an input is a list"
        raise Uncovered(reason)
    return inputs


def _measurements(
    counts: Counts, row: int, program: Program, rng: np.random.Generator
) -> list[list[str]]:
    """Return the shots of a row as Braket spells them: a list a shot, a string a bit."""
    here = slice(*counts.offsets[row : row + 2])
    # Counts come sorted; shots must not.
    shots = rng.permutation(np.repeat(counts.outcomes[here], counts.counts[here]))
    bits = (shots[:, None] >> np.arange(len(program.measured), dtype=np.uint64)) & np.uint64(1)
    found: list[list[str]] = np.array(["0", "1"])[bits.astype(np.intp)].tolist()
    return found
