"""Land what the executions of a test refer to: their circuit, its compiled form and its device."""

from datetime import UTC, datetime

from datasets.lake.lake import Lake
from datasets.records.compiled import CompiledProgram
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import RunId
from datasets.records.problems import Program
from tasks.rows.devices import snapshot_row
from tasks.rows.rows import compiled_row, program_row


def land_circuit(
    lake: Lake,
    program: Program,
    compiled: CompiledProgram,
    snapshot: DeviceSnapshot,
    *,
    run_id: RunId,
) -> None:
    """Land a circuit as a run does before it buys anything."""
    ids = (compiled.program_id, compiled.compiled_id, compiled.calibration_id)
    made = program_row(program) | {"program_id": ids[0]}
    device = snapshot_row(snapshot, target="local:sv", taken_at=datetime.now(UTC))
    lake.land_all(
        {
            "programs": [((ids[0],), [made])],
            "compiled_programs": [((ids[1],), [compiled_row(compiled, snapshot=snapshot)])],
            "device_snapshots": [((ids[2], "local:sv"), [device | {"calibration_id": ids[2]}])],
        },
        run_id=run_id,
    )
