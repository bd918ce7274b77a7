"""What the Prefect UI shows of a run that has ended: a page with pictures, and a table."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from datasets.records.devices import DeviceKind
from tasks.report.batch import BATCH
from tasks.report.canary import CANARY
from tasks.report.cut import QAOA
from tasks.report.drawing.device_map import device_map
from tasks.report.markdown import code, picture, spoken
from tasks.report.presenter import Ended, Plots, Shown
from tasks.report.sweep import SWEEP
from tasks.report.vqe import VQE

MAX_PICTURES_BYTES: Final = 400_000  # a page of more is slow to open; the report has the rest
_SHOWN: Final[Mapping[str, Shown]] = {
    "vqe": VQE,
    "sweep": SWEEP,
    "batch": BATCH,
    "qaoa": QAOA,
    "canary": CANARY,
}
# Of any flow; the query is to be copied.
_EXECUTIONS: Final = "SELECT * FROM executions\n  WHERE run_id = '{run_id}'"
_PLAIN: Final = Shown(
    head=lambda ended: [f"# {ended.run.flow} on {code(ended.run.target)}"],
    sql=lambda ended: _EXECUTIONS.format(run_id=ended.run.run_id),
)


def shown_of(flow: str) -> Shown:
    """Return a flow's part; of one that has none of its own, what any run has."""
    return _SHOWN.get(flow, _PLAIN)


def page(ended: Ended, *, plots: Plots) -> str:
    """Return what a run found, with its pictures and the ways to the rest, as Markdown."""
    shown = shown_of(ended.run.flow)
    drawn = (*plots, *shown.pictures(ended), *_maps(ended))
    return (
        "\n\n".join(
            (
                *shown.head(ended),
                *_outside(ended),
                *_pictured(drawn, rest=bool(shown.html)),
                *_ways(ended),
            )
        )
        + "\n"
    )


def table(ended: Ended) -> tuple[list[dict[str, Any]], str]:
    """Return the rows of a run's table, up to `MAX_ROWS`, and what they are; it may have none."""
    shown = shown_of(ended.run.flow)
    rows = shown.rows(ended)
    return rows, shown.about(len(rows))


def _maps(ended: Ended) -> Iterator[tuple[str, str]]:
    """Yield a map of each of a run's devices with its qubits ringed; a simulator has none."""
    result = ended.result
    used = {on["target"]: on.get("qubits", ()) for on in result.get("targets", [result])}
    for here in ended.run.apart:
        snapshot = ended.runtime.published(here)
        if snapshot.kind is not DeviceKind.SIMULATOR:
            outlined = used.get(here.target, ())
            yield f"map of {here.target}", device_map(snapshot, outlined=outlined)


def _outside(ended: Ended) -> Iterator[str]:
    """Yield the estimates that lie beyond what their observables can be."""
    for told in ended.result.get("outside", ()):
        yield f"**Beyond its norm.** {spoken(told)}"


def _pictured(drawn: Sequence[tuple[str, str]], *, rest: bool) -> Iterator[str]:
    """Yield pictures, as many as a page can bear, each with its name; a report has the `rest`."""
    room = MAX_PICTURES_BYTES
    for name, svg in drawn:
        text = b64encode(svg.encode()).decode()
        room -= len(text)
        if room < 0:
            yield f"More pictures {'are in the report' if rest else 'do not fit here'}."
            return
        yield picture(name, f"data:image/svg+xml;base64,{text}")


def _ways(ended: Ended) -> Iterator[str]:
    """Yield where the rest is, to be copied."""
    shown, run_id = shown_of(ended.run.flow), ended.run.run_id
    yield "## Where the rest is"
    if shown.html:
        yield f"The report, a file where the run was: {code(ended.result['report'])}"
    yield f'```sh\nqrt show {run_id}\nqrt query "{shown.sql(ended)}"\n```'
