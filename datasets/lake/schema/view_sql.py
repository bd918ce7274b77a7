"""SQL of the views that add columns to a table's rows, or leave some out; all others are plain."""

from collections.abc import Mapping
from types import MappingProxyType

VIEW_SQL: Mapping[str, str] = MappingProxyType(
    {
        "counts": """SELECT *, reverse(lpad(right(coalesce(bin(outcome),
        outcome_bits::BIT::VARCHAR), n_qubits), n_qubits, '0')) AS bitstring FROM stored""",
        "executions": """SELECT *, coalesce(calibration_id_submitted, calibration_id)
        <> calibration_id_end AS straddles FROM stored""",
        "estimates": """SELECT *, abs(value) > bound + 1e-9 * greatest(bound, 1) AS outside
        FROM stored""",
        "runs": """SELECT * FROM stored QUALIFY row_number() OVER (PARTITION BY run_id
        ORDER BY number DESC NULLS LAST, coalesce(recorded_at, ended_at, started_at) DESC,
        ended_at DESC NULLS LAST, state) = 1""",
    }
)
