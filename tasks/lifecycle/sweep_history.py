"""Which sweeps came before a run: what they have measured is not measured again."""

import json
from collections.abc import Iterator
from dataclasses import replace

from datasets.devices.text_file import read_text, write_text
from datasets.records.runs import Run, RunState
from tasks.core.identity import canonical
from tasks.core.sweeps.work import SweepSpec
from tasks.lifecycle.runtime import Runtime
from tasks.lifecycle.sweep_gaps import lacking
from tasks.lifecycle.sweep_inputs import folder_of, inputs_of

MAX_EARLIER = 1000  # runs that are looked through for sweeps of the same experiment


def earlier(spec: SweepSpec, *, run: Run, runtime: Runtime) -> tuple[SweepSpec, ...]:
    """Return the sweeps of the same experiment that had been run to their end when the run began.

    A run that is resumed keeps to them: with others it would have other pieces, and buy those.
    """
    path = folder_of(run, home=runtime.home) / "earlier.json"
    if not path.exists():
        found = [other.run_id for other in _completed(spec, run=run, runtime=runtime)]
        write_text(path, canonical(found).decode(), replace=False)
    kept = json.loads(read_text(path))
    return tuple(_measured(other, runtime=runtime) for other in map(runtime.journal.run, kept))


def _measured(run: Run, *, runtime: Runtime) -> SweepSpec:
    """Return what a sweep was asked for, and what it did not get of it."""
    spec = inputs_of(run.asked, folder=folder_of(run, home=runtime.home)).spec
    return replace(spec, lacking=lacking(run.run_id, spec.points, home=runtime.home))


def _completed(spec: SweepSpec, *, run: Run, runtime: Runtime) -> Iterator[Run]:
    for other in runtime.journal.runs(limit=MAX_EARLIER):
        done = other.flow == "sweep" and other.state is RunState.COMPLETED
        if done and other.run_id != run.run_id:
            inputs = inputs_of(other.asked, folder=folder_of(other, home=runtime.home))
            if inputs.spec.experiment_id == spec.experiment_id:
                yield other
