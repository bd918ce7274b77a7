"""Compile a program once for a calibration, whichever run, process or command asks for it.

A file of the cache is named by what decides its content: program, calibration, bases, options and
versions. Files are put there whole; one that is damaged or cannot be read is compiled anew, and one
that cannot be written is left out: the cache makes nothing possible, only faster.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from datasets.devices.text_file import write_text
from datasets.files.writing import make_folder
from datasets.home import Home
from datasets.records.compiled import CompiledProgram
from datasets.records.devices import DeviceSnapshot
from datasets.records.problems import Program
from tasks.core.compilation.compiler import CompileOptions, compile_program, toolchain
from tasks.core.compilation.durations import durations_of
from tasks.core.compilation.iswap import EXCHANGE_VERSION, exchanges
from tasks.core.compilation.relabelling import PLACEMENT_VERSION
from tasks.core.identity import digest
from tasks.errors import BadInput, RuntimeFault
from tasks.program.compiled_json import read_compiled, write_compiled

WORKERS: Final = 2
_FULL: Final = CompileOptions()
_ALONE: Final = 12  # compilations that are done before two more processes have started
_BATCH: Final = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """A program that is to be compiled for a device, and how."""

    program: Program
    snapshot: DeviceSnapshot
    bases: tuple[str, ...]
    options: CompileOptions = _FULL

    @property
    def key(self) -> str:
        """The content address of what comes out."""
        rules = {"exchange": EXCHANGE_VERSION} if exchanges(self.snapshot) else {}
        return digest(
            rules
            | {
                "program_id": self.program.program_id,
                "calibration_id": self.snapshot.calibration_id,
                "durations": durations_of(self.snapshot),
                "bases": self.bases,
                "options": self.options,
                "toolchain": toolchain(),
                "placement": PLACEMENT_VERSION,
            }
        )

    def compiled(self) -> CompiledProgram:
        """Compile it.

        Raises:
            BadInput: it cannot be compiled for this device.
        """
        return compile_program(
            self.program, snapshot=self.snapshot, bases=self.bases, options=self.options
        )


def compile_once(
    program: Program, *, snapshot: DeviceSnapshot, bases: Sequence[str], home: Home
) -> CompiledProgram:
    """Return the program compiled for a device, as somebody compiled it before or now.

    Raises:
        BadInput: it cannot be compiled for this device.
    """
    wanted = Wanted(program, snapshot, tuple(bases))
    path = _path(wanted, home)
    compiled = _known(path, wanted)
    if compiled is None:
        compiled = wanted.compiled()
        _keep(path, compiled)
    return compiled


def compile_all(wanted: Sequence[Wanted], *, home: Home) -> list[CompiledProgram | BadInput]:
    """Return each compiled, or why it cannot be; many that are new in two processes."""
    paths = [_path(each, home) for each in wanted]
    found: dict[int, CompiledProgram | BadInput] = {}
    for place, (path, each) in enumerate(zip(paths, wanted, strict=True)):
        known = _known(path, each)
        if known is not None:
            found[place] = known
    missing = {place: each for place, each in enumerate(wanted) if place not in found}
    for place, compiled in _compiled(missing):
        found[place] = compiled
        if not isinstance(compiled, BadInput):
            _keep(paths[place], compiled)
    return [found[place] for place in range(len(wanted))]


def _compiled(missing: Mapping[int, Wanted]) -> Iterator[tuple[int, CompiledProgram | BadInput]]:
    if len(missing) <= _ALONE:
        yield from zip(missing, map(_attempt, missing.values()), strict=True)
        return
    # Not forked: qiskit, DuckDB and Prefect have threads, whose locks a fork would take along.
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), initializer=_one_thread) as pool:
        results = pool.map(_attempt, missing.values(), chunksize=_BATCH)
        yield from zip(missing, results, strict=True)


def _attempt(wanted: Wanted) -> CompiledProgram | BadInput:
    try:
        return wanted.compiled()
    except BadInput as fault:
        return fault


def _one_thread() -> None:
    """Keep qiskit from starting a thread for each core in each of the processes."""
    os.environ["RAYON_NUM_THREADS"] = "1"


def _path(wanted: Wanted, home: Home) -> Path:
    key = wanted.key
    return home.cache / "compiled" / key[:2] / f"{key}.json"


def _known(path: Path, wanted: Wanted) -> CompiledProgram | None:
    try:
        compiled = read_compiled(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    asked = (wanted.program.program_id, wanted.snapshot.calibration_id)
    same = compiled is not None and (compiled.program_id, compiled.calibration_id) == asked
    return compiled if same else None


def _keep(path: Path, compiled: CompiledProgram) -> None:
    with suppress(OSError, RuntimeFault):
        make_folder(path.parent)
        write_text(path, write_compiled(compiled), replace=True)
