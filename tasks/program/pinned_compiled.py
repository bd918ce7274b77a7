"""Pin a run's compiled program, since another release may compile otherwise."""

from collections.abc import Sequence

from datasets.devices.text_file import write_text
from datasets.files.reading import read_text
from datasets.files.writing import make_folder
from datasets.home import Home
from datasets.records.compiled import CompiledId, CompiledProgram
from datasets.records.devices import DeviceSnapshot
from datasets.records.problems import Program
from datasets.records.runs import Run
from tasks.context.pinned_inputs import of_target
from tasks.context.runtime import Runtime
from tasks.errors import StorageFault
from tasks.program.compile_cache import compile_once
from tasks.program.compiled_json import read_compiled, write_compiled


def compiled_for(
    run: Run,
    program: Program,
    *,
    snapshot: DeviceSnapshot,
    bases: Sequence[str],
    runtime: Runtime,
) -> CompiledProgram:
    """Return a run's program as it was compiled when the run began.

    Raises:
        BadInput: it cannot be compiled for this device.
        StorageFault: what the run has bought was compiled otherwise, by another release, and is not
            kept; or what is kept is damaged.
    """
    path = runtime.home.inputs_of(run.run_id) / of_target("compiled", run)
    if path.exists():
        kept = read_compiled(read_text(path))
        if kept is None:
            message = f"{path} is damaged. Restore it, or start a new run."
            raise StorageFault(message)
        return kept
    fresh = compile_once(program, snapshot=snapshot, bases=bases, home=runtime.home)
    compiled = _as_begun(run, fresh, runtime=runtime)
    make_folder(path.parent)
    write_text(path, write_compiled(compiled), replace=True)
    return compiled


def compiled_otherwise(run: Run, compiled_id: CompiledId, *, runtime: Runtime) -> bool:
    """Whether a run has executions on its target that another release compiled."""
    return bool(_used(run, runtime=runtime) - {compiled_id})


def _as_begun(run: Run, fresh: CompiledProgram, *, runtime: Runtime) -> CompiledProgram:
    """Return what the run's executions were made of, where it has any; else what is fresh."""
    used = _used(run, runtime=runtime)
    if not used or fresh.compiled_id in used:
        return fresh
    for kept in _cached(fresh, home=runtime.home):
        if kept.compiled_id in used:
            return kept
    if runtime.backend(run).charges:
        message = (
            f"Run {run.run_id} was compiled by another release, and its circuit is not kept: to go "
            "on would buy again what was bought. `qrt reconcile` lands that; resume it with the "
            "release that began it, or start a new run."
        )
        raise StorageFault(message)
    return fresh


def _used(run: Run, *, runtime: Runtime) -> set[CompiledId]:
    entries = runtime.journal.executions(run.run_id)
    ours = (entry.execution for entry in entries)
    return {execution.compiled_id for execution in ours if execution.target == run.target}


def _cached(fresh: CompiledProgram, *, home: Home) -> list[CompiledProgram]:
    """Return what other releases have compiled of the same program for the same calibration."""
    found = []
    for path in (home.cache / "compiled").glob("*/*.json"):
        try:
            kept = read_compiled(path.read_text("utf-8"))
        except (OSError, ValueError, TypeError, KeyError):
            continue
        if kept and (kept.program_id, kept.calibration_id, _bases(kept)) == (
            fresh.program_id,
            fresh.calibration_id,
            _bases(fresh),
        ):
            found.append(kept)
    return found


def _bases(compiled: CompiledProgram) -> list[str]:
    return [measured.basis for measured in compiled.measured]
