"""One of anything is told as one, and many with thousands apart, in every summary."""

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deployments.cli.summary import batch_summary, canary_summary, sweep_summary

NUMBERS = st.sampled_from([0, 1, 2, 12_345])
_WRONG = re.compile(r"(?<![\d,.])1 [a-z-]+(?<!s)s\b|\b\d{5,}\b")


def answer(number: int) -> dict[str, Any]:
    gap = {"points": number, "target": "local:sv", "reason": "too hot"}
    return {
        "circuit": "c", "target": "local:sv", "points": number, "parameters": [],
        "observables": [], "targets": [{}], "missing": [gap], "method": "none",
        "measured": number, "wall_s": 1.0, "set_aside": number, "straddling": number,
        "mixed": False, "calibrations": [], "cost_usd": 0.0, "what_if_usd": 0.0, "shots": number,
        "lake": "lake", "report": "report", "run_id": "run", "tasks": number, "circuits": [],
    }  # fmt: skip


@given(NUMBERS)
def test_counts_agree_with_their_nouns(number: int) -> None:
    for said in (sweep_summary(answer(number)), batch_summary(answer(number))):
        assert not _WRONG.search(said), said


def ranged(least: float, most: float, *, points: int, names: tuple[str, ...] = ("theta",)) -> str:
    found = {
        "observable": "Z0", "target": "local:sv", "stderr": 0.01, "least": least, "most": most,
        "least_at": [0.5] * len(names), "most_at": [2.0] * len(names),
    }  # fmt: skip
    sweep = answer(points) | {"parameters": list(names), "observables": [found]}
    return next(line for line in sweep_summary(sweep).splitlines() if line.startswith("  Z0"))


def test_a_sweep_says_between_which_values_an_observable_lies() -> None:
    assert ranged(-1, 1, points=9).split(maxsplit=1)[1] == (
        "from -1.0000 at theta=0.5 to +1.0000 at theta=2, ± 0.0100"
    )
    assert ranged(1, 1, points=9).endswith(" +1.0000 at every point, ± 0.0100")
    assert ranged(1, 1, points=1).endswith(" +1.0000 ± 0.0100 at theta=0.5")
    assert ranged(1, 1, points=1, names=()).endswith(" +1.0000 ± 0.0100")


def test_canaries_stand_in_one_line_each_whatever_their_qubits_are_called() -> None:
    scored = {"score": 0.98, "baseline": 0.97, "p_value": 0.5, "passed": True}
    names = ("ghz-5", "readout-q7", "readout-q15", "readout-q127")
    device = {
        "canaries": [{"circuit": name, **scored} for name in names],
        "passed": True, "reason": "all passed", "standing": "healthy",
    }  # fmt: skip
    lines = canary_summary(answer(1) | device).splitlines()[2:6]
    assert [line.split()[0] for line in lines] == list(names)
    assert {line.index("98.00%") for line in lines} == {15}
