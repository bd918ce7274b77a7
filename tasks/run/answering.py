"""A run's answer with the paths of its lake and report in this home: homes are moved and copied."""

from collections.abc import Mapping
from typing import Any

from datasets.home import Home
from datasets.records.runs import Run
from tasks.core.answers import answer_of
from tasks.errors import BadInput


def answer_in(home: Home, run: Run) -> dict[str, Any] | None:
    """Return a run's answer, which names the lake and the report of this home."""
    answer = answer_of(run)
    if answer is None:
        return None
    places = {"lake": str(home.lake), "report": str(home.report_of(run.run_id))}
    return answer | {name: place for name, place in places.items() if name in answer}


def result_of(run: Run, *, home: Home) -> Mapping[str, Any]:
    """Return a run's answer.

    Raises:
        BadInput: it has none.
    """
    answer = answer_in(home, run)
    if answer is None:
        message = (
            f"Run {run.run_id} is {run.state} and has no result. "
            f"`qrt resume {run.run_id}` goes on with it."
        )
        raise BadInput(message)
    return answer
