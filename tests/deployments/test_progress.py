"""What a terminal and a log show of a loop: a figure as people mean it, and how it ended."""

import io

from rich.console import Console

from deployments.cli import progress
from tasks.core.progress.events import Event

STEP = {"of": 25, "shots": 100, "elapsed_s": 0.1, "replayed": False}


def steps(count: int) -> list[Event]:
    told = [
        Event("iteration.completed", STEP | {"iteration": k, "figure": f"cut {k}.00000 ± 0.01000"})
        for k in range(count)
    ]
    return [*told, Event("loop.ended", {"iterations": count, "of": 25, "converged": True})]


def test_lines_of_a_loop_that_has_converged_end_with_that() -> None:
    written: list[str] = []
    lines = progress.Lines(written.append)
    for event in steps(11):
        lines.hear(event)
    assert written[0].startswith("iteration   1/25  cut 0.00000 ± 0.01000  100 shots")
    assert written[-1] == "converged after 11 iterations of at most 25"


def test_a_bar_of_a_loop_that_has_converged_is_full() -> None:
    screen = Console(file=io.StringIO(), width=100, force_terminal=True)
    with progress.bar_on(screen) as shown:
        bar = progress.Bar(shown)
        for event in steps(11):
            bar.hear(event)
        (task,) = shown.tasks
        assert (task.completed, task.total, task.finished) == (11, 11, True)
        assert task.fields["figures"] == "converged after 11 iterations of at most 25"
