"""A device as a picture: qubits by readout error, couplers by the error of their gate, as SVG."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import escape
from statistics import median

from datasets.records.devices import DeviceSnapshot, Flag
from tasks.report.drawing.inks import Scale, ink_on
from tasks.report.drawing.places import Places, places

_UNIT, _MARGIN, _RADIUS = 58.0, 34.0, 17.0
_HEAD, _FOOT, _LEAST_WIDTH = 46.0, 92.0, 470.0
_INK, _GREY, _RING = "#1c2430", "#8b94a1", "#b0126b"
_STYLE = f'font-family="sans-serif" fill="{_INK}"'
_BAR_WIDTH, _BAR_STEPS = 150.0, 24
_DENSE = 3  # couplers a qubit, above which they are drawn as threads


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A device with the places of its qubits in pixels and the scales of its errors."""

    at: Places
    qubits: dict[int, float | None]
    pairs: dict[tuple[int, int], float | None]
    readout: Scale
    gates: Scale


def device_map(snapshot: DeviceSnapshot, *, outlined: Collection[int] = ()) -> str:
    """Return the device as SVG text, the same for the same snapshot; `outlined` are qubit labels.

    Qubits and couplers without a figure that can be used are hatched or dashed.
    """
    qubits, pairs = _qubits(snapshot), _pairs(snapshot)
    raw = places(qubits, pairs, fully_connected=snapshot.fully_connected)
    width, height, at = _fitted(raw)
    drawing = _Drawing(
        at,
        qubits,
        pairs,
        readout=Scale.of(qubits.values(), hue="blue"),
        gates=Scale.of(pairs.values(), hue="orange"),
    )
    lines = [
        *_sheet(width, height, label=_label(snapshot)),
        *_head(snapshot),
        *(_coupler(drawing, pair) for pair in pairs),
        *(_qubit(drawing, label, ring=label in outlined) for label in qubits),
        *_legend(drawing, snapshot, top=height - _FOOT, outlined=bool(outlined)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _qubits(snapshot: DeviceSnapshot) -> dict[int, float | None]:
    """Return readout errors by label; those that cannot be used have none."""
    lost = (entry.element for entry in snapshot.dropped if entry.element.startswith("q"))
    found: dict[int, float | None] = dict.fromkeys(int(name[1:]) for name in lost)
    for qubit in snapshot.qubits:
        figure = qubit.readout_fidelity
        found[qubit.label] = None if figure is None else 1 - figure.value
    return dict(sorted(found.items()))


def _pairs(snapshot: DeviceSnapshot) -> dict[tuple[int, int], float | None]:
    """Return errors of the native gate by labels; those of couplers that cannot be used are None.

    A figure for a pair that the device does not couple is no coupler, unless a qubit of it is lost.
    """
    kept = {qubit.label for qubit in snapshot.qubits}
    found: dict[tuple[int, int], float | None] = {}
    for entry in snapshot.dropped:
        first, dash, second = entry.element.partition("-")
        if dash:
            ends = (int(first), int(second))
            if entry.flag is not Flag.ISOLATED or not kept.issuperset(ends):
                found[ends] = None
    found |= {pair.labels: 1 - pair.fidelity.value for pair in snapshot.pairs}
    known = _qubits(snapshot).keys()
    return {ends: found[ends] for ends in sorted(found) if known >= set(ends)}


def _fitted(raw: Places) -> tuple[float, float, Places]:
    """Return width, height and places in pixels."""
    xs, ys = ([place[axis] for place in raw.values()] for axis in (0, 1))
    across, down = ((max(values) - min(values)) * _UNIT for values in (xs, ys))
    width = max(across + 2 * _MARGIN, _LEAST_WIDTH)
    left = (width - across) / 2
    at = {
        node: (left + (x - min(xs)) * _UNIT, _HEAD + _MARGIN + (y - min(ys)) * _UNIT)
        for node, (x, y) in raw.items()
    }
    return width, _HEAD + down + 2 * _MARGIN + _FOOT, at


def _sheet(width: float, height: float, *, label: str) -> Iterator[str]:
    size = f'width="{width:.0f}" height="{height:.0f}"'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" {size} '
        f'role="img" aria-label="{label}">'
    )
    yield (
        '<defs><pattern id="missing" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="#f1f3f5"/>'
        f'<line x1="0" y1="0" x2="0" y2="6" stroke="{_GREY}" stroke-width="2"/></pattern></defs>'
    )
    yield f'<rect {size} fill="#ffffff"/>'


def _label(snapshot: DeviceSnapshot) -> str:
    return escape(
        f"{snapshot.name}: {snapshot.n_qubits} qubits by readout error, "
        f"{len(snapshot.pairs)} pairs by two-qubit error"
    )


def _head(snapshot: DeviceSnapshot) -> Iterator[str]:
    count = f"{snapshot.n_qubits} qubits, {len(snapshot.pairs)} pairs"
    date = f"calibrated {snapshot.published_at:%Y-%m-%d %H:%M} UTC"
    title = f'x="16" y="24" font-size="16" font-weight="600" {_STYLE}'
    yield f"<text {title}>{escape(snapshot.name)}</text>"
    yield _text(16, 42, f"{snapshot.vendor}, {count}, {date}")


def _coupler(drawing: _Drawing, pair: tuple[int, int]) -> str:
    (x1, y1), (x2, y2) = (drawing.at[label] for label in pair)
    error = drawing.pairs[pair]
    dense = len(drawing.pairs) > _DENSE * len(drawing.qubits)
    look = f'stroke="{_GREY}" stroke-width="2" stroke-dasharray="3 4"'
    if error is not None:
        width = 'stroke-width="1" stroke-opacity="0.4"' if dense else 'stroke-width="7"'
        look = f'stroke="{drawing.gates.colour(error)}" {width}'
    line = f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {look}>'
    return f"{line}<title>{pair[0]}-{pair[1]}: {_told(error)}</title></line>"


def _qubit(drawing: _Drawing, label: int, *, ring: bool) -> str:
    x, y = drawing.at[label]
    error = drawing.qubits[label]
    fill = "url(#missing)" if error is None else drawing.readout.colour(error)
    ink = _INK if error is None else ink_on(fill)
    edge = f'stroke="{_RING}" stroke-width="5"' if ring else f'stroke="{_INK}" stroke-width="1"'
    return (
        f"<g><title>qubit {label}: {_told(error)}</title>"
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS:.0f}" fill="{fill}" {edge}/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="12" font-family="sans-serif" '
        f'text-anchor="middle" fill="{ink}">{label}</text></g>'
    )


def _legend(
    drawing: _Drawing, snapshot: DeviceSnapshot, *, top: float, outlined: bool
) -> Iterator[str]:
    gate = snapshot.pairs[0].gate if snapshot.pairs else "two-qubit"
    yield from _bar(drawing.readout, "qubits: readout error", left=16.0, top=top)
    yield from _bar(drawing.gates, f"pairs: {gate} error", left=250.0, top=top)
    notes = []
    lost = sum(error is None for error in (*drawing.qubits.values(), *drawing.pairs.values()))
    if lost:
        notes.append(f"hatched or dashed: no figure that can be used ({lost})")
    if outlined:
        notes.append("ringed: used by this run")
    yield _text(16, top + 78, "; ".join(notes))


def _bar(scale: Scale, title: str, *, left: float, top: float) -> Iterator[str]:
    yield _text(left, top + 10, title)
    if not scale.values:
        yield _text(left, top + 30, "none")
        return
    step = _BAR_WIDTH / _BAR_STEPS
    for number in range(_BAR_STEPS):
        at = f'x="{left + number * step:.2f}" y="{top + 18:.0f}"'
        colour = scale.shade(number / (_BAR_STEPS - 1))
        yield f'<rect {at} width="{step + 0.5:.2f}" height="12" fill="{colour}"/>'
    yield _text(left, top + 45, _told(scale.least))
    yield _text(left + _BAR_WIDTH, top + 45, _told(scale.most), anchor="end")
    yield _text(left, top + 60, f"median {_told(median(scale.values))}")


def _text(x: float, y: float, words: str, *, anchor: str = "start") -> str:
    place = f'x="{x:.0f}" y="{y:.0f}" font-size="12" text-anchor="{anchor}"'
    return f"<text {place} {_STYLE}>{escape(words)}</text>"


def _told(error: float | None) -> str:
    return "no figure" if error is None else f"{100 * error:.3g} %"
