"""A device is drawn as it is: each qubit and coupler once, lattices as grids, nothing made up."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from math import dist
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices import catalogue
from datasets.records.devices import Dropped, Flag
from tasks.report.drawing.device_map import device_map
from tasks.report.drawing.inks import Scale, ink_on
from tasks.report.drawing.lattice import graph_of, square_lattice
from tasks.report.drawing.places import places

SVG = "{http://www.w3.org/2000/svg}"
GARNET = catalogue.resolve("emulator:garnet")
REAL = ["emulator:garnet", "emulator:emerald", "emulator:cepheus"]

Pairs = list[tuple[int, int]]


def grid(columns: int, rows: int) -> Pairs:
    right = [
        (y * columns + x, y * columns + x + 1) for y in range(rows) for x in range(columns - 1)
    ]
    down = [
        (y * columns + x, (y + 1) * columns + x) for y in range(rows - 1) for x in range(columns)
    ]
    return right + down


def renamed(pairs: Pairs, names: list[int]) -> Pairs:
    return [(names[one], names[other]) for one, other in pairs]


@given(st.integers(2, 9), st.integers(2, 9), st.randoms(use_true_random=False))
def test_a_square_lattice_becomes_a_grid_whatever_its_labels_are(
    columns: int, rows: int, random: object
) -> None:
    names = list(range(columns * rows))
    random.shuffle(names)  # type: ignore[attr-defined]
    pairs = renamed(grid(columns, rows), names)
    cells = square_lattice(graph_of(names, pairs))
    assert cells is not None
    assert len(set(cells.values())) == len(names)
    assert all(dist(cells[one], cells[other]) == 1 for one, other in pairs)


@pytest.mark.parametrize("target", REAL)
def test_real_lattices_are_drawn_with_couplers_of_one_length(target: str) -> None:
    snapshot = catalogue.resolve(target)
    pairs = [pair.labels for pair in snapshot.pairs]
    at = places([qubit.label for qubit in snapshot.qubits], pairs, fully_connected=False)
    assert len(set(at.values())) == snapshot.n_qubits
    if target != "emulator:cepheus":  # whose dropped couplers leave holes; the map knows of them
        assert {round(dist(at[one], at[other]), 6) for one, other in pairs} == {1.0}


graphs = st.integers(3, 14).flatmap(
    lambda n: st.tuples(
        st.just(n), st.sets(st.sampled_from(list(combinations(range(n), 2))), max_size=3 * n)
    )
)


@given(graphs, st.booleans())
def test_whatever_the_graph_every_qubit_has_a_place_of_its_own(
    graph: tuple[int, set[tuple[int, int]]], full: bool
) -> None:
    n, pairs = graph
    at = places(range(n), sorted(pairs), fully_connected=full)
    assert at.keys() == set(range(n))
    assert all(dist(at[a], at[b]) > 0.01 for a, b in combinations(range(n), 2))
    assert at == places(range(n), sorted(pairs), fully_connected=full)


def drawn(svg: str, tag: str) -> Iterator[ET.Element]:
    return ET.fromstring(svg).iter(f"{SVG}{tag}")  # noqa: S314 - our own text


@pytest.mark.parametrize("target", [*REAL, "emulator:forte-enterprise", "local:dm"])
def test_each_qubit_and_coupler_is_drawn_once_with_its_error(target: str) -> None:
    snapshot = catalogue.resolve(target)
    svg = device_map(snapshot)
    titles = [title.text or "" for title in drawn(svg, "title")]
    for qubit in snapshot.qubits:
        (told,) = [text for text in titles if text.startswith(f"qubit {qubit.label}: ")]
        assert qubit.readout_fidelity is not None
        error = 100 * (1 - qubit.readout_fidelity.value)
        assert told == f"qubit {qubit.label}: {error:.3g} %"
    for pair in snapshot.pairs:
        name = f"{pair.labels[0]}-{pair.labels[1]}: "
        assert len([text for text in titles if text.startswith(name)]) == 1
    assert svg == device_map(snapshot)


def test_missing_figures_are_hatched_and_dashed_and_said() -> None:
    svg = device_map(catalogue.resolve("emulator:cepheus"))
    hatched = [c for c in drawn(svg, "circle") if c.get("fill") == "url(#missing)"]
    dashed = [line for line in drawn(svg, "line") if line.get("stroke-dasharray")]
    assert (len(hatched), len(dashed)) == (5, 28)
    assert "no figure that can be used (33)" in svg


def test_the_qubits_of_a_run_are_ringed_and_no_others() -> None:
    rings = [c for c in drawn(device_map(GARNET, outlined=(9, 10)), "circle") if is_ringed(c)]
    assert len(rings) == 2
    assert not [c for c in drawn(device_map(GARNET), "circle") if is_ringed(c)]


def is_ringed(circle: ET.Element) -> bool:
    return circle.get("stroke-width") == "5"


def test_what_a_vendor_writes_cannot_become_markup() -> None:
    svg = device_map(replace(GARNET, name='<script>"&'))
    assert "<script>" not in svg
    assert len(list(drawn(svg, "circle"))) == GARNET.n_qubits


def test_a_figure_for_what_is_no_coupler_is_not_drawn() -> None:
    stray = Dropped("1-20", "cz_fidelity", 0.9, None, Flag.ISOLATED, "no such coupler")
    assert device_map(replace(GARNET, dropped=(stray,))).count("<line") == 30 + 1  # the hatch


@given(st.lists(st.floats(1e-7, 1), min_size=2, unique=True))
def test_a_worse_error_is_darker(errors: list[float]) -> None:
    scale = Scale.of(errors, hue="blue")
    shades = [sum(int(scale.colour(e)[at : at + 2], 16) for at in (1, 3, 5)) for e in scale.values]
    assert shades == sorted(shades, reverse=True)


@given(st.floats(0, 1), st.sampled_from(["blue", "orange"]))
def test_labels_can_be_read_on_every_shade(share: float, hue: str) -> None:
    colour = Scale((0.1,), hue).shade(share)  # type: ignore[arg-type]
    assert contrast(ink_on(colour), colour) > 4.5  # WCAG 2.1, level AA


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
