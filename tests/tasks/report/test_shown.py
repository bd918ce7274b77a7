"""What the Prefect UI shows of a run that has ended, flow by flow."""

from base64 import b64decode
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from datasets.devices.catalogue import resolve
from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.context.runtime import Runtime
from tasks.core.identity import canonical
from tasks.report.artifact import page, shown_of, table
from tasks.report.presenter import MAX_ROWS, Ended

FLOWS = ("vqe", "sweep", "batch", "qaoa", "canary", "of tomorrow")
FITS = 85  # letters in a line of code in Prefect's page
READER = MarkdownIt("commonmark").enable("table")
NAMES = st.text(st.sampled_from("h2@.0Z*_|<-$[]&"), min_size=1, max_size=12)
TAKEN = {"shots": 1000, "cost_usd": 0.3, "iterations": 3, "stderr": 0.1, "reason": "It fits."}


def a_canary(circuit: str, p_value: float = 0.5) -> dict[str, Any]:
    return {"circuit": circuit, "shots": 1000, "score": 0.9, "baseline": 0.95,
            "p_value": p_value, "passed": p_value > 0.01}  # fmt: skip


def answers(name: str) -> dict[str, dict[str, Any]]:
    """Return an answer of each flow, in which whatever people name has this name."""
    gap = {"points": 2, "target": name, "reason": f"{name} is too hot"}
    range_of = {"observable": name, "target": name, "least": -1.0, "most": 1.0, "stderr": 0.1}
    circuit = {"name": name, "n_qubits": 2, "two_qubit_gates": 1, "depth": 3, "shots": 1000,
               "estimates": {name: {"value": 1.0, "stderr": 0.1}}, "failure": None,
               "most_frequent": [{"bitstring": "00", "count": 500}]}  # fmt: skip
    failed = circuit | {"estimates": {}, "most_frequent": [], "failure": f"no {name} there"}
    cut = dict.fromkeys(("expected_cut", "raw_expected_cut", "raw_stderr", "best_cut"), 1.0)
    energies = dict.fromkeys(("energy", "raw_energy", "raw_stderr"), 1.0)
    return {
        "vqe": TAKEN | energies | {"problem": name, "exact_energy": None},
        "sweep": TAKEN | {"circuit": name, "observables": [range_of], "targets": [1, 2],
                          "missing": [gap], "points": 9, "experiment_id": "e" * 40},
        "batch": TAKEN | {"circuits": [circuit, failed], "tasks": 1},
        "qaoa": TAKEN | cut | {"graph": name, "max_cut": None, "approximation_ratio": None,
                               "raw_approximation_ratio": None, "best_bitstring": "01"},
        "canary": TAKEN | {"standing": "healthy", "reason": f"{name} passed", "qubits": [1, 2, 5],
                           "canaries": [a_canary(name)]},
        "of tomorrow": {},
    }  # fmt: skip


def ended(flow: str, target: str = "emulator:garnet", name: str = "a", **result: Any) -> Ended:
    """Return a run of that flow that has ended."""
    asked = canonical({"target": target}).decode()
    run = Run(RunId(str(uuid4())), flow, "team", target, 1, asked, datetime.now(UTC))
    runtime = cast("Runtime", SimpleNamespace(published=lambda here: resolve(here.target)))
    return Ended(run, answers(name)[flow] | {"target": target} | result, runtime)


@pytest.mark.parametrize("flow", FLOWS)
@given(name=NAMES)
def test_no_letter_of_a_name_means_anything(flow: str, name: str) -> None:
    told = "\n\n".join(shown_of(flow).head(ended(flow, target=name, name=name)))
    seen = [part for token in READER.parse(told) for part in token.children or []]
    assert {part.type for part in seen} <= {
        "text", "code_inline", "softbreak", "strong_open", "strong_close"
    }  # fmt: skip
    assert not any(set("@*_|<") & set(part.content) for part in seen if part.type == "text")
    assert name in [part.content for part in seen if part.type == "code_inline"]


@pytest.mark.parametrize("flow", FLOWS)
def test_what_is_to_be_copied_is_no_wider_than_the_page(flow: str) -> None:
    sql = shown_of(flow).sql(ended(flow))
    assert max(map(len, f'qrt query "{sql}"'.splitlines())) <= FITS


def test_a_flow_without_a_part_of_its_own_has_a_page_and_no_table() -> None:
    found = ended("of tomorrow")
    told = page(found, plots=[("a [plot]", "<svg/>")])
    assert told.startswith("# of tomorrow on `emulator:garnet`\n")
    assert rf"![a \[plot\]]({'data:image/svg+xml;base64,PHN2Zy8+'})" in told
    assert "![map of emulator:garnet](" in told
    assert f"qrt show {found.run.run_id}" in told
    assert table(found)[0] == []


def test_canaries_are_told_with_their_standing_their_scores_and_the_ringed_device() -> None:
    canaries = [a_canary("ghz-3"), a_canary("readout-q3", 1e-7)]
    reason = "1 of 2 canaries failed: readout-q3 is right in 90.0%, expected 95.0% (p = 1e-07)"
    found = ended("canary", canaries=canaries, standing="degraded", reason=reason)
    told = page(found, plots=())
    assert told.startswith("# Canaries on `emulator:garnet`\n")
    assert f"The device is **degraded**: {reason}." in told
    assert "| `readout-q3` | 0.9000 | 0.9500 | 1e-07 | no |\n| `ghz-3` |" in told
    assert f"FROM canaries\n  WHERE run_id = '{found.run.run_id}'" in told
    assert "report" not in told
    device = b64decode(told.partition("base64,")[2].partition(")")[0]).decode()
    assert device.count('stroke-width="5"') == len(found.result["qubits"])
    assert "ringed: used by this run" in device


@given(st.lists(st.floats(0, 1), min_size=1, max_size=2 * MAX_ROWS))
def test_the_least_likely_canaries_are_shown_first_and_the_rest_is_counted(
    p_values: list[float],
) -> None:
    canaries = [a_canary(f"c{number}", p_value) for number, p_value in enumerate(p_values)]
    found = ended("canary", canaries=canaries)
    rows, what = table(found)
    order = [int(row["circuit"][1:]) for row in rows]
    assert [p_values[number] for number in order] == sorted(p_values)[:MAX_ROWS]
    assert what.startswith(f"{len(rows)} canaries")
    told = "\n\n".join(shown_of("canary").head(found))
    seen = told.count("| `c")
    assert (f"And {len(p_values) - seen:,} more" in told) == (seen < len(p_values))
