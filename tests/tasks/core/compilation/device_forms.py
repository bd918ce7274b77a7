"""Small made-up devices, one for each form of native gates that is bundled."""

from datetime import UTC, datetime

from datasets.records.devices import (
    CalibrationId,
    DeviceKind,
    DeviceSnapshot,
    Figure,
    Limits,
    Pair,
    Prices,
    Qubit,
)

GRID = tuple(
    (3 * row + column + 1, 3 * row + column + 1 + step)
    for row in range(3)
    for column in range(3)
    for step in (1, 3)
    if (step == 1 and column < 2) or (step == 3 and row < 2)
)
LINE = tuple((label, label + 1) for label in range(5))


def device(
    name: str,
    *,
    vendor: str,
    labels: tuple[int, ...],
    pairs: tuple[tuple[int, int], ...],
    gate: str,
    native_gates: tuple[str, ...],
    fully_connected: bool = False,
) -> DeviceSnapshot:
    """Return a device whose figures differ from label to label and from pair to pair."""
    qubits = tuple(
        Qubit(label, Figure(0.9995 - 1e-4 * (label % 3)), Figure(0.985 - 2e-3 * (label * 7 % 5)))
        for label in labels
    )
    couplers = tuple(
        Pair(pair, gate, Figure(0.995 - 1e-3 * (sum(pair) * 5 % 4))) for pair in sorted(pairs)
    )
    return DeviceSnapshot(
        calibration_id=CalibrationId(f"made-up-{name}"),
        name=name,
        vendor=vendor,
        kind=DeviceKind.QPU,
        arn="",
        published_at=datetime(2026, 1, 1, tzinfo=UTC),
        fully_connected=fully_connected,
        native_gates=native_gates,
        qubits=qubits,
        pairs=couplers,
        windows=(),
        prices=Prices(),
        limits=Limits(1, 10_000),
        dropped=(),
        source="made up",
    )


def _all_pairs(n: int) -> tuple[tuple[int, int], ...]:
    return tuple((i, j) for j in range(n) for i in range(j))


IQM = device(
    "Grid", vendor="IQM", labels=tuple(range(1, 10)), pairs=GRID, gate="cz",
    native_gates=("cz", "prx"),
)  # fmt: skip
RIGETTI = device(
    "Line", vendor="Rigetti", labels=tuple(range(6)), pairs=LINE, gate="cz",
    native_gates=("rx", "rz", "cz"),
)  # fmt: skip
IONQ = device(
    "Trap", vendor="IonQ", labels=tuple(range(7)), pairs=_all_pairs(7), gate="zz",
    native_gates=("gpi", "gpi2", "zz"), fully_connected=True,
)  # fmt: skip
IONQ_MS = device(
    "OlderTrap", vendor="IonQ", labels=tuple(range(6)), pairs=_all_pairs(6), gate="ms",
    native_gates=("gpi", "gpi2", "ms"), fully_connected=True,
)  # fmt: skip
AQT = device(
    "Chain", vendor="AQT", labels=tuple(range(5)), pairs=_all_pairs(5), gate="xx",
    native_gates=("prx", "rz", "xx"), fully_connected=True,
)  # fmt: skip
ISWAP = device(
    "Swapper", vendor="Rigetti", labels=tuple(range(5)), pairs=LINE[:4], gate="iswap",
    native_gates=("rx", "rz", "iswap"),
)  # fmt: skip
LOCAL = device(
    "Local", vendor="Amazon Braket", labels=tuple(range(6)), pairs=_all_pairs(6), gate="cz",
    native_gates=("rx", "rz", "cz"), fully_connected=True,
)  # fmt: skip

FORMS = (IQM, RIGETTI, IONQ, IONQ_MS, AQT, ISWAP, LOCAL)
