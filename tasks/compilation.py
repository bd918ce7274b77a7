"""Lower a program to its target's native gates, once a calibration."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from datasets.layout import home
from datasets.records.problems import Program
from datasets.records.runs import Run
from tasks.core.compilation.checks import check_native
from tasks.core.events import emit
from tasks.core.grouping import Group
from tasks.core.streams import stream_seed
from tasks.lifecycle.experiment import Experiment
from tasks.lifecycle.options import options_of, written
from tasks.lifecycle.pinned_compiled import compiled_for
from tasks.lifecycle.runtime import open_runtime


@task(name="compile", cache_policy=NO_CACHE)
def compile_for_target(run: Run, *, program: Program, groups: tuple[Group, ...]) -> Experiment:
    """Compile for the target's calibration, and check the outcome before anything runs it."""
    runtime = open_runtime(home())
    snapshot, backend = runtime.snapshot(run), runtime.backend(run)
    backend.validate(program.circuit)
    bases = [group.basis for group in groups]
    compiled = compiled_for(run, program, snapshot=snapshot, bases=bases, runtime=runtime)
    for measured in compiled.measured:
        backend.validate(measured.circuit)
        check_native(measured.circuit, snapshot=snapshot)
    emit(
        "program.compiled",
        reason=compiled.reason,
        two_qubit_gates=compiled.metrics.two_qubit_gates,
        fidelity=compiled.metrics.estimated_success,
    )
    return Experiment(
        run_id=run.run_id,
        seed=stream_seed(run, program.program_id, run.target),
        target=run.target,
        program=program,
        groups=groups,
        snapshot=snapshot,
        compiled=compiled,
        options=written(options_of(run)),
    )
