"""Batches that are compiled in a home of their own, without a flow around them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_target import NOW
from opened_batches import Opened

from datasets.layout import home
from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.core.identity import canonical
from tasks.lifecycle import batches
from tasks.lifecycle.batch_inputs import batch_inputs
from tasks.lifecycle.batches import Batch
from tasks.lifecycle.claims import claim, release
from tasks.lifecycle.runtime import Runtime, open_runtime


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
        inputs = batch_inputs(asked, keep=runtime.pins(run_id))
        return runtime, batches.compiled_batch(run, inputs=inputs, runtime=runtime)

    yield opening
    for run_id in begun:
        release(run_id, home=home())
