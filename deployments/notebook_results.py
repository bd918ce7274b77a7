"""What a notebook's calls return: answers that show themselves, as tables and as plots."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasets.home import home
from datasets.records.executions import RunId
from deployments.cli.flows_by_name import known
from deployments.cli.quoting import lines
from tasks.context.runtime import open_runtime
from tasks.errors import BadInput
from tasks.report.html import plots_of
from tasks.report.presenter import Ended
from tasks.report.sweep_plots import values_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Picture:
    """A plot as SVG text, which notebooks show."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, slots=True)
class SweepRun:
    """A sweep that has ended; `answer` is what `qrt sweep --json` prints."""

    answer: Mapping[str, Any]

    @property
    def run_id(self) -> RunId:
        """The run, for `qrt show`, `qrt report` and SQL."""
        return RunId(self.answer["run_id"])

    def table(self) -> "pd.DataFrame":
        """Return every value: point, the parameters, target, observable, value, stderr, shots."""
        runtime = open_runtime(home())
        values = values_of(runtime.journal.run(self.run_id), runtime=runtime)
        found: pd.DataFrame = values.table().to_pandas()
        return found

    def plot(self, observable: str | None = None) -> Picture:
        """Return the plot of an observable, by default of the first.

        Raises:
            BadInput: there is none: the sweep has other parameters than one or two, or no such
                observable.
        """
        runtime = open_runtime(home())
        drawn = dict(plots_of(Ended.of(self.run_id, runtime=runtime)))
        if not drawn:
            count = len(self.answer["parameters"])
            message = f"A plot has one or two parameters; the sweep has {count}. Use table()."
            raise BadInput(message)
        wanted = next(iter(drawn)) if observable is None else observable
        if wanted not in drawn:
            message = f"There is no plot {wanted!r:.80}. There are: {', '.join(drawn)}."
            raise BadInput(message)
        return Picture(drawn[wanted])

    def __str__(self) -> str:
        return known("sweep").summary(self.answer)

    def _repr_html_(self) -> str:
        return _fixed_width(str(self))


@dataclass(frozen=True, slots=True)
class SweepQuote:
    """What a sweep would cost; `answer` is what `qrt quote sweep --json` prints."""

    answer: Mapping[str, Any]

    @property
    def cost_usd(self) -> float:
        """What is expected to be charged."""
        return float(self.answer["cost_usd"])

    @property
    def at_most_usd(self) -> float:
        """What is charged at most."""
        return float(self.answer["at_most_usd"])

    def table(self) -> "pd.DataFrame":
        """Return every target that could do it: price, tasks, shots, fidelity, time to result."""
        import pandas as pd

        wanted = [each | {"chosen": True} for each in self.answer["targets"]]
        others = [each | {"chosen": False} for each in self.answer["alternatives"]]
        return pd.DataFrame([*wanted, *others])

    def items(self) -> "pd.DataFrame":
        """Return what the money is for: tasks, shots and USD of each item."""
        import pandas as pd

        return pd.DataFrame(self.answer["items"])

    def __str__(self) -> str:
        return "\n".join(lines(self.answer))

    def _repr_html_(self) -> str:
        return _fixed_width(str(self))


def _fixed_width(text: str) -> str:
    """Return text as HTML in which columns stand below each other, whatever the page's style."""
    return f'<pre style="font-family: monospace; white-space: pre">{html.escape(text)}</pre>'
