"""A batch on its target: every circuit compiled, all planned, priced and gathered together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from datasets.records.compiled import CompiledId, CompiledProgram
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Counts, Execution, Purpose, RunId
from datasets.records.runs import Run
from tasks.backends.protocol import Backend
from tasks.context.device_options import options_of, written
from tasks.context.runtime import Runtime
from tasks.core.compilation.checks import check_native
from tasks.core.money.quotes import Quote, quote_executions
from tasks.core.planning.batches import Member, plan_members, set_id
from tasks.core.planning.orders import Setting
from tasks.core.planning.samples import added
from tasks.core.streams import stream_seed
from tasks.errors import BadInput
from tasks.execution.completeness import Key
from tasks.execution.executions import Gathered
from tasks.program.compile_cache import Wanted, compile_all
from tasks.program.experiment import Experiment
from tasks.workloads.batch.inputs import BatchCircuit, BatchInputs


@dataclass(frozen=True, slots=True)
class Batch:
    """One run's circuits on its target; those that cannot run there have a reason in `refused`.

    `compiled` and `refused` are by the number of the circuit.
    """

    run_id: RunId
    seed: int
    target: str
    snapshot: DeviceSnapshot
    inputs: BatchInputs
    compiled: Mapping[int, CompiledProgram]
    refused: Mapping[int, str]
    options: str = ""

    @property
    def members(self) -> tuple[Member, ...]:
        """The circuits that run, in their order."""
        return tuple(
            Member(circuit.number, self.compiled[circuit.number], circuit.bases, circuit.shots)
            for circuit in self.inputs.circuits
            if circuit.number in self.compiled
        )

    @property
    def set_id(self) -> CompiledId:
        """What its executions call their compiled programs."""
        return set_id(self.members)

    @property
    def hardest(self) -> Experiment:
        """The circuit that is the least likely to succeed, which stands for all."""
        number = min(self.compiled, key=lambda n: (self.compiled[n].metrics.estimated_success, n))
        return self.experiment(number)

    def experiment(self, number: int) -> Experiment:
        """Return one circuit that runs, as if it were alone."""
        circuit = self.inputs.circuits[number]
        return Experiment(
            run_id=self.run_id,
            seed=self.seed,
            target=self.target,
            program=circuit.program,
            groups=circuit.groups,
            snapshot=self.snapshot,
            compiled=self.compiled[number],
            options=self.options,
        )

    def setting(self, purpose: Purpose) -> Setting:
        """Return what an execution of this batch belongs to."""
        return Setting(self.run_id, self.seed, self.target, purpose, options=self.options)


def compiled_batch(run: Run, *, inputs: BatchInputs, runtime: Runtime) -> Batch:
    """Compile every circuit for the run's target; one that cannot be costs itself alone.

    Raises:
        BadInput: none can be; the first reason.
    """
    snapshot, backend = runtime.snapshot(run), runtime.backend(run)
    refused = dict(_refused(inputs.circuits, backend))
    able = [circuit for circuit in inputs.circuits if circuit.number not in refused]
    wanted = [Wanted(circuit.program, snapshot, circuit.bases) for circuit in able]
    compiled: dict[int, CompiledProgram] = {}
    for circuit, found in zip(able, compile_all(wanted, home=runtime.home), strict=True):
        try:
            compiled[circuit.number] = _runnable(found, backend=backend, snapshot=snapshot)
        except BadInput as fault:
            refused[circuit.number] = str(fault)
    if not compiled:
        raise BadInput(refused[min(refused)])
    return Batch(
        run_id=run.run_id,
        seed=stream_seed(run, [c.program.program_id for c in inputs.circuits], run.target),
        target=run.target,
        snapshot=snapshot,
        inputs=inputs,
        compiled=compiled,
        refused=refused,
        options=written(options_of(run)),
    )


def planned(batch: Batch) -> tuple[Execution, ...]:
    """Return the executions that run all circuits, in as few tasks as the device allows."""
    return plan_members(
        batch.members, snapshot=batch.snapshot, setting=batch.setting(Purpose.ESTIMATE)
    )


def quoted(batch: Batch) -> Quote:
    """Return what the circuits buy."""
    return quote_executions(planned(batch), snapshot=batch.snapshot)


@dataclass(frozen=True, slots=True, eq=False)
class Returned:
    """What came back for the circuits: counts by number and basis, and why the others failed."""

    counts: Mapping[int, Mapping[str, Counts]]
    failed: Mapping[int, str]


def returned(batch: Batch, gathered: Gathered) -> Returned:
    """Give every circuit its counts; one of which a basis is missing has failed."""
    found: dict[int, dict[str, Counts]] = {}
    for counts in (counts for item in gathered.collected for counts in item.counts if counts.shots):
        bases = found.setdefault(counts.executable.point, {})
        basis = counts.executable.basis
        bases[basis] = added(bases[basis], counts) if basis in bases else counts
    failed = dict(_lost(batch.members, found, lost=gathered.lost))
    whole = {number: bases for number, bases in found.items() if number not in failed}
    return Returned(whole, dict(batch.refused) | failed)


def _refused(circuits: Sequence[BatchCircuit], backend: Backend) -> Iterator[tuple[int, str]]:
    """Yield the circuits that the target has no room for."""
    for circuit in circuits:
        try:
            backend.validate(circuit.program.circuit)
        except BadInput as fault:
            yield circuit.number, str(fault)


def _runnable(
    found: CompiledProgram | BadInput, *, backend: Backend, snapshot: DeviceSnapshot
) -> CompiledProgram:
    """Return a compiled circuit that its target takes."""
    if isinstance(found, BadInput):
        raise found
    for measured in found.measured:
        backend.validate(measured.circuit)
        check_native(measured.circuit, snapshot=snapshot)
    return found


def _lost(
    members: Sequence[Member],
    found: Mapping[int, Mapping[str, Counts]],
    *,
    lost: Mapping[Key, str],
) -> Iterator[tuple[int, str]]:
    reasons = {(point, basis): reason for (point, basis, _), reason in lost.items()}
    for member in members:
        seen = found.get(member.number, {})
        missing = [basis for basis in member.bases if basis not in seen]
        if missing:
            none = "no shots came back"
            yield member.number, reasons.get((member.number, missing[0]), none)
