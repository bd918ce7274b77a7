"""Whatever letters a name has, plots and pages show it as text, and nothing in it acts."""

from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.report.drawing.figures import heat_map, histogram, lines
from tasks.report.drawing.page import About, plots_page

pytestmark = pytest.mark.slow

HOSTILE = (
    "<script>alert(1)</script>", "</desc></svg><script>", "$x$", "$\\frac{$", "$$", "[red]",
    "a|b", "`tick`", "&amp;", "x' or 1=1 --", '" onload="alert(1)', "{{ 7*7 }}", "two\nlines",
    "bell\x07", "_hidden", "a" * 300,
)  # fmt: skip
NAMES = st.sampled_from(HOSTILE) | st.text("<>$\\{}[]|`&'\"_ az\n", min_size=1, max_size=30).filter(
    str.strip
)
POINTS = [(0.0, 1.0, 0.1), (1.0, -1.0, 0.1)]
PLOTS: list[Callable[[str], str]] = [
    lambda name: lines({name: POINTS, f"{name}2": POINTS}, names=(name, name)),
    lambda name: histogram({"00": 3, "11": 4}, title=name),
    lambda name: heat_map([0, 1, 0, 1], [0, 0, 1, 1], [-1, 0, 0, 1], names=(name, name, name)),
]
SVG = "{http://www.w3.org/2000/svg}"


class Tags(HTMLParser):
    """The elements of a page, their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags = set[str]()
        self.attributes = set[str]()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def squeezed(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


@settings(max_examples=15, deadline=None)
@given(NAMES)
@pytest.mark.parametrize("draw", PLOTS)
def test_a_plot_shows_a_name_as_it_is(draw: Callable[[str], str], name: str) -> None:
    read = fromstring(draw(name))  # noqa: S314 - our own
    assert {each.tag.removeprefix(SVG) for each in read.iter()} & {"script", "img"} == set()
    said = read.find(f"{SVG}title")
    assert said is not None
    shown = squeezed(name)
    if len(shown) < 20:  # longer ones end in dots
        assert shown in squeezed(said.text or "")
        texts = [squeezed("".join(each.itertext())) for each in read.iter(f"{SVG}text")]
        assert any(shown in text for text in texts)


@given(NAMES)
@settings(max_examples=10, deadline=None)
@pytest.mark.parametrize("flow", ["sweep", "batch"])
def test_a_page_shows_a_name_as_it_is(flow: str, name: str) -> None:
    page = Tags()
    page.feed(_page(flow, name))
    assert page.tags & {"script", "img", "iframe", "object"} == set()
    assert not any(each.startswith("on") for each in page.attributes)
    assert name in page.text


def _page(flow: str, name: str) -> str:
    plots = [(name, histogram({"0": 1}, title=name))]
    about = About("then", "now", "nothing", f"qrt {flow} {name}")
    answer = {
        "target": name, "run_id": name, "shots": 1, "tasks": 1, "failed": 1, "method": "none",
        "cost_usd": 0.0, "what_if_usd": 0.0, "quote_usd": 0.0, "wall_s": 1.0, "executions": 1,
        "plan": {"unpacked": {"tasks": 1}, "expected_usd": 0.0, "items": []}, "bill": [],
        "selection": name, "engines": [name], "set_id": name, "calibration_id": name,
        "lake": name, "experiment_id": name, "circuit": name, "points": 1, "measured": 1,
        "missing": [{"target": name, "repetition": 0, "points": 1, "rows": [[0, 1]],
                     "reason": name}],
        "reused": [name, name], "repetitions": 2, "parameters": [name], "observables": [
            {"observable": name, "target": name, "least": 0.0, "most": 1.0, "least_at": [0.0],
             "most_at": [1.0], "stderr": 0.1}],
        "targets": [{"target": name, "two_qubit_gates": 1, "depth": 1, "estimated_success": 1.0,
                     "reason": name, "engines": [name], "compiled_id": name,
                     "calibration_id": name}],
        "circuits": [{"name": name, "failure": name}, {"name": name, "failure": None,
                      "estimates": {name: {"value": 1.0, "stderr": 0.1}}, "n_qubits": 1,
                      "two_qubit_gates": 1, "depth": 1, "estimated_success": 1.0, "shots": 1,
                      "most_frequent": []}],
    }  # fmt: skip
    return plots_page(flow, answer, parameters={"seed": 1}, plots=plots, about=about)
