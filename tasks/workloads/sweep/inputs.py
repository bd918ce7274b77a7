"""What a sweep was asked for, read and checked: circuit, points, observables."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from datasets.files.named import named_path
from datasets.points.files import open_points, pin_points
from datasets.records.problems import Program
from datasets.records.runs import each
from tasks.context.device_options import options_in, outcomes_of
from tasks.context.pins import Keeping
from tasks.core.estimation.measurements import bits_of, program_of
from tasks.core.estimation.observables import Observable
from tasks.core.estimation.points import groups_of
from tasks.core.mitigation.composition import Mitigation
from tasks.core.physics.grouping import Group
from tasks.core.qasm.circuit import ReadCircuit
from tasks.core.qasm.reading import read_circuit
from tasks.core.sweeps.points import MAX_POINTS, Points, check_parameters
from tasks.core.sweeps.points_language import PointFile, parse_points
from tasks.core.sweeps.work import SweepSpec
from tasks.program.sources import observables_of, read_source
from tasks.requests.circuits import is_path
from tasks.requests.sweep import SweepRequest

_CIRCUIT: Final = "circuit.qasm"


@dataclass(frozen=True, slots=True)
class SweepInputs:
    """A sweep's circuit as it was read, and what is to be done with it."""

    name: str
    read: ReadCircuit
    spec: SweepSpec

    @property
    def observables(self) -> tuple[Observable, ...]:
        """The observables with a letter for each bit of an outcome."""
        return bits_of(self.read, self.spec.observables).of(self.spec.observables)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The measurement groups of all observables together."""
        return groups_of(self.observables)

    @property
    def mitigation(self) -> Mitigation:
        """The techniques that were asked for."""
        return Mitigation.parse(self.spec.mitigation)

    @property
    def program(self) -> Program:
        """The circuit as a program; its observable is the sum of all."""
        return program_of(self.read, self.spec.observables, name=self.name)


def inputs_of(request: SweepRequest, *, keep: Keeping) -> SweepInputs:
    """Read what is asked for; what is kept already goes before the files that are named.

    Raises:
        BadInput: what is wrong with the circuit, the points or the observables, and where.
    """
    device = outcomes_of(options_in(request))
    if device:
        device = keep.fact("outcomes.json", device, before=_CIRCUIT)
    text = keep.text(_CIRCUIT, lambda: read_source(request.circuit))
    name = Path(request.circuit).stem if is_path(request.circuit) else "circuit"
    read = read_circuit(text, origin=f"{name}.qasm")
    points = _points(request.points, keep)
    check_parameters(points, wanted=read.parameters)
    target = request.target
    spec = SweepSpec(
        circuit=read.digest,
        observables=observables_of(request.observables, read, keep=keep),
        targets=each(target),
        points=points,
        shots=request.shots,
        repetitions=request.repetitions,
        mitigation=Mitigation.parse(request.mitigate).name,
        seed=request.seed,
        device=device,
    )
    return SweepInputs(name, read, spec)


def _points(texts: list[str], keep: Keeping) -> Points:
    found = parse_points(texts)
    if not isinstance(found, PointFile):
        return found

    def pin(path: Path) -> object:
        return pin_points(named_path(found.path), pinned=path, most=MAX_POINTS)

    return open_points(keep.file("points.parquet", pin))
