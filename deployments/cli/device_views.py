"""What the device commands say of a snapshot: rows, tables and sentences."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from statistics import median

from rich.table import Table

from datasets.records.devices import (
    DeviceKind,
    DeviceSnapshot,
    Dropped,
    Figure,
    Pair,
    Prices,
    Qubit,
)
from deployments.cli.terminal import cell

MAX_NAMED = 6  # elements that a sentence about dropped figures lists before it says how many


def row(snapshot: DeviceSnapshot, *, target: str) -> dict[str, object]:
    """Return the facts by which people choose a device, ready for JSON; money is a number."""
    prices = snapshot.prices
    return {
        "target": target,
        "name": snapshot.name,
        "vendor": snapshot.vendor,
        "kind": snapshot.kind.value,
        "arn": snapshot.arn,
        "qubits": snapshot.n_qubits,
        "pairs": len(snapshot.pairs),
        "fully_connected": snapshot.fully_connected,
        "native_gates": list(snapshot.native_gates),
        "median_two_qubit_error": _median_error(pair.fidelity for pair in snapshot.pairs),
        "median_readout_error": _median_error(qubit.readout_fidelity for qubit in snapshot.qubits),
        "usd_per_task": float(prices.usd_per_task),
        "usd_per_shot": float(prices.usd_per_shot),
        "usd_per_minute": float(prices.usd_per_minute),
        "usd_per_1000_shots": _usd_per_1000(prices),
        "shots_min": snapshot.limits.shots_min,
        "shots_max": snapshot.limits.shots_max,
        "published_at": snapshot.published_at.isoformat(),
        "calibration_id": snapshot.calibration_id,
    }


def details(snapshot: DeviceSnapshot, *, target: str) -> dict[str, object]:
    """Return the row with every qubit, pair and dropped figure, and the source."""
    return row(snapshot, target=target) | {
        "source": snapshot.source,
        "qubit_figures": [
            {"qubit": qubit.label} | {name: _plain(getattr(qubit, name)) for name in _FIGURES}
            for qubit in snapshot.qubits
        ],
        "pair_figures": [
            {"pair": list(pair.labels), "gate": pair.gate, "fidelity": _plain(pair.fidelity)}
            for pair in snapshot.pairs
        ],
        "dropped": [
            {name: getattr(entry, name) for name in Dropped.__slots__} for entry in snapshot.dropped
        ],
    }


def headline(snapshot: DeviceSnapshot) -> str:
    """Say in a line what kind of device it is."""
    gates = snapshot.native_gates
    named = f"{len(gates)} gates" if len(gates) > MAX_NAMED else " ".join(gates)
    pairs = "all" if snapshot.fully_connected else f"{len(snapshot.pairs)}"
    date = f"{snapshot.published_at:%Y-%m-%d %H:%M} UTC"
    return (
        f"{snapshot.vendor} {snapshot.name}: {snapshot.n_qubits} qubits, {pairs} pairs, {named}; "
        f"calibrated {date}"
    )


def elements(snapshot: DeviceSnapshot) -> tuple[Table, Table]:
    """Return the figures of the qubits and of the pairs; one line when they are all the same."""
    qubits = _figures_table("qubit", "F 1q", "F readout", "P(1|0)", "P(0|1)", "T1 us", "T2 us")
    for name, cells in _merged(
        (str(qubit.label), _qubit_cells(qubit)) for qubit in snapshot.qubits
    ):
        qubits.add_row(*map(cell, (name, *cells)))
    pairs = _figures_table("pair", "gate", "fidelity", "std. error")
    for name, cells in _merged(
        (_joined(pair.labels), _pair_cells(pair)) for pair in snapshot.pairs
    ):
        pairs.add_row(*map(cell, (name, *cells)))
    return qubits, pairs


def sentences(dropped: Sequence[Dropped]) -> list[str]:
    """Say in words what was dropped, one sentence for each metric and reason."""
    ordered = sorted(dropped, key=_group)
    return [_sentence(list(entries)) for _, entries in groupby(ordered, key=_group)]


_FIGURES = ("one_qubit_fidelity", "readout_fidelity", "p1_given_0", "p0_given_1", "t1_s", "t2_s")


def _group(entry: Dropped) -> tuple[str, str, str]:
    return entry.flag.value, entry.metric, entry.reason


def _sentence(entries: Sequence[Dropped]) -> str:
    named = [entry.element for entry in entries[:MAX_NAMED]]
    rest = f" and {len(entries) - MAX_NAMED} more" if len(entries) > MAX_NAMED else ""
    flag, metric, reason = _group(entries[0])
    return f"{len(entries)} {metric} ({flag}): {reason}: {', '.join(named)}{rest}"


def percent(snapshot: DeviceSnapshot, error: object) -> str:
    """Return an error in per cent; simulators have none."""
    if snapshot.kind is DeviceKind.SIMULATOR or not isinstance(error, float):
        return "-"
    return f"{100 * error:.2f}"


def price(prices: Prices) -> str:
    """Return what a task of 1,000 shots costs, or a minute."""
    if prices.usd_per_minute:
        return f"{prices.usd_per_minute.normalize():f} /min"
    total = 1000 * prices.usd_per_shot + prices.usd_per_task
    return f"{total:.3f}" if total else "free"


def _usd_per_1000(prices: Prices) -> float:
    return float(1000 * prices.usd_per_shot)


def _median_error(figures: Iterable[Figure | None]) -> float | None:
    errors = [1 - figure.value for figure in figures if figure is not None]
    return median(errors) if errors else None


def _plain(figure: Figure | None) -> dict[str, float | None] | None:
    return None if figure is None else {"value": figure.value, "stderr": figure.stderr}


def _digits(figure: Figure | None, *, scale: float = 1.0, form: str = ".5f") -> str:
    return "" if figure is None else format(scale * figure.value, form)


def _qubit_cells(qubit: Qubit) -> tuple[str, ...]:
    fidelities = (_digits(getattr(qubit, name)) for name in _FIGURES[:4])
    times = (_digits(getattr(qubit, name), scale=1e6, form=".1f") for name in _FIGURES[4:])
    return (*fidelities, *times)


def _pair_cells(pair: Pair) -> tuple[str, ...]:
    stderr = "" if pair.fidelity.stderr is None else f"{pair.fidelity.stderr:.5f}"
    return pair.gate, _digits(pair.fidelity), stderr


def _merged(
    lines: Iterable[tuple[str, tuple[str, ...]]],
) -> list[tuple[str, tuple[str, ...]]]:
    """Return the lines, or a single one named `all` when the cells of all are equal."""
    listed = list(lines)
    same = len(listed) > 1 and len({cells for _, cells in listed}) == 1
    return [("all", listed[0][1])] if same else listed


def _joined(labels: tuple[int, int]) -> str:
    return f"{labels[0]}-{labels[1]}"


def _figures_table(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table
