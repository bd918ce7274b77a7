"""Circuits whose device is asked for: files and folders, read into programs with their demands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from datasets.files.reading import read_text
from datasets.records.compiled import CompiledProgram
from tasks.core.estimation.measurements import program_of
from tasks.core.mitigation.composition import NONE, Mitigation, Technique
from tasks.core.money.pricing import Work, quote_work
from tasks.core.money.quotes import Quote
from tasks.core.qasm.reading import read_circuit
from tasks.core.selection.feasibility import Candidate, Demand
from tasks.errors import BadInput
from tasks.program.circuit_files import all_of
from tasks.requests.circuits import SUFFIXES
from tasks.selection.selector import Piece

DEBIAS: Final = "debias"
MAX_CIRCUITS: Final = 10_000
_WANTED: Final = "an OpenQASM circuit"


@dataclass(frozen=True, slots=True)
class Measuring:
    """How each circuit is to be measured; `mitigate` may name IonQ's `debias` too."""

    shots: int
    mitigate: str = NONE
    readout_shots: int = 8000

    @property
    def debias(self) -> bool:
        """Whether the device is to mitigate by itself."""
        return DEBIAS in self._names

    @property
    def mitigation(self) -> Mitigation:
        """The techniques of ours.

        Raises:
            BadInput: a name is not a technique.
        """
        return Mitigation.parse(",".join(n for n in self._names if n != DEBIAS) or NONE)

    @property
    def _names(self) -> list[str]:
        return [name.strip().lower() for name in self.mitigate.split(",")]


def pieces_of(circuits: Sequence[str], *, measuring: Measuring) -> tuple[Piece, ...]:
    """Return a piece for each circuit file, and for each in the folders, by name.

    Raises:
        BadInput: a circuit cannot be read, or there is none.
    """
    paths = [path for named in circuits for path in _files(Path(named))]
    if not 1 <= len(paths) <= MAX_CIRCUITS:
        message = f"{len(paths)} circuits are named; choose a device for 1 to {MAX_CIRCUITS:,}."
        raise BadInput(message)
    return all_of(paths, lambda path: _piece(path, measuring=measuring))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not found:
        message = f"There is no circuit ({', '.join(SUFFIXES)}) in the folder {path}. Name another."
        raise BadInput(message)
    return found


def _piece(path: Path, *, measuring: Measuring) -> Piece:
    read = read_circuit(read_text(path, wanted=_WANTED), origin=str(path))
    program = program_of(read, (), name=path.stem)
    mitigation = measuring.mitigation
    corrected = Technique.READOUT in mitigation.techniques
    demand = Demand(
        program.circuit.n_qubits,
        measuring.shots,
        readout_shots=measuring.readout_shots if corrected else None,
        debias=measuring.debias,
    )
    work = Work(1, measuring.shots, mitigation, measuring.readout_shots)
    return Piece(program, ("Z" * len(program.bits),), demand, partial(_priced, work))


def _priced(work: Work, compiled: CompiledProgram, candidate: Candidate) -> Quote:
    del compiled  # the price of counting does not depend on the gates
    return quote_work(work, snapshot=candidate.snapshot)
