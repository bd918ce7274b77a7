"""Batches that are compiled in a home of their own, without a flow around them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from datasets.home import home
from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.context.run_lock import claim, release
from tasks.context.runtime import Runtime, open_runtime
from tasks.core.identity import canonical
from tasks.requests.batch import BatchRequest
from tasks.workloads.batch import batch as batches
from tasks.workloads.batch.batch import Batch
from tasks.workloads.batch.inputs import batch_inputs
from tests.tasks.execution.fake_target import NOW
from tests.tasks.workloads.batch.opened_batches import Opened


@pytest.fixture
def opened(qrt_home: Path) -> Iterator[Opened]:
    """Return what begins a run and compiles its batch."""
    del qrt_home
    begun: list[RunId] = []

    def opening(
        *circuits: str, target: str, mitigate: str = "none", shots: int = 300
    ) -> tuple[Runtime, Batch]:
        asked = {"circuits": list(circuits), "observables": [], "target": target, "shots": shots}
        asked |= {"mitigate": mitigate, "seed": 1}
        run_id = RunId(f"{len(begun):032x}")
        run = Run(run_id, "batch", "team", target, 1, canonical(asked).decode(), NOW)
        runtime = open_runtime(home())
        begun.append(run_id)
        claim(run_id, home=runtime.home)
        runtime.journal.begin(run)
        inputs = batch_inputs(BatchRequest.model_validate(asked), keep=runtime.pins(run_id))
        return runtime, batches.compiled_batch(run, inputs=inputs, runtime=runtime)

    yield opening
    for run_id in begun:
        release(run_id, home=home())
