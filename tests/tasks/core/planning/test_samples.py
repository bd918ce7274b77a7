"""Counts of equal executables are added up, however the tasks were cut."""

from decimal import Decimal

import numpy as np

from datasets.records.compiled import CompiledId
from datasets.records.devices import CalibrationId
from datasets.records.executions import (
    Collected,
    Counts,
    Executable,
    Execution,
    ExecutionId,
    Purpose,
    RunId,
)
from tasks.core.planning.samples import counts_by_variant


def collected(*found: tuple[str, dict[int, int]]) -> Collected:
    counts = tuple(
        Counts(
            Executable(0, "ZZ", variant, 1),
            2,
            np.array(list(seen), dtype=np.uint64),
            np.array(list(seen.values()), dtype=np.uint32),
        )
        for variant, seen in found
    )
    execution = Execution(
        execution_id=ExecutionId("e"),
        run_id=RunId("r"),
        target="local:sv",
        compiled_id=CompiledId("c"),
        calibration_id=CalibrationId("k"),
        action=b"",
        shots=sum(c.shots for c in counts),
        seed=1,
        executables=tuple(c.executable for c in counts),
        purpose=Purpose.READOUT,
        iteration=-1,
        cost_usd=Decimal(0),
    )
    return Collected(execution, counts)


def test_a_variant_over_several_executions_is_added_up() -> None:
    total = counts_by_variant(
        [
            collected(("readout:0", {0: 9, 2: 1})),
            collected(("readout:0", {0: 8, 1: 2}), ("readout:1", {3: 10})),
            collected(("readout:1", {1: 1, 3: 9})),
        ]
    )
    assert list(total) == ["readout:0", "readout:1"]
    assert total["readout:0"].outcomes.tolist() == [0, 1, 2]
    assert total["readout:0"].counts.tolist() == [17, 2, 1]
    assert total["readout:1"].outcomes.tolist() == [1, 3]
    assert total["readout:1"].counts.tolist() == [1, 19]
