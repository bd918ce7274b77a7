"""Sweeps from Python, in a notebook's cell or a script: here and now, and back come the values.

The first call starts a Prefect server for as long as the process lives, unless one is configured.
"""

import atexit
import html
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from numbers import Real
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pydantic import BaseModel

from datasets.home_rights import private_creation
from datasets.layout import home
from datasets.point_tables import is_table, keep_points
from datasets.records.executions import RunId
from deployments.cli.asking import check_admitted, validated
from deployments.cli.flows_by_name import known, load
from deployments.cli.progress import showing
from deployments.cli.quoting import lines, quoted
from deployments.server.beside import run_beside
from deployments.server.ephemeral import Server, prefect_server
from tasks.errors import BadInput
from tasks.lifecycle.claims import claim, release
from tasks.lifecycle.report import plots_of
from tasks.lifecycle.runtime import open_runtime
from tasks.lifecycle.shown_parts import Ended
from tasks.lifecycle.sweep_plots import values_of

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
        return f"<pre>{html.escape(str(self))}</pre>"


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
        return f"<pre>{html.escape(str(self))}</pre>"


def quote(
    circuit: Any,
    *,
    points: Any = (),
    observables: str | Sequence[str] | Mapping[str, float] = (),
    target: str | Sequence[str] = "local:sv",
    **options: Any,
) -> SweepQuote:
    """Say what `sweep` with the same arguments would cost, and where else; nothing is bought.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    asked = _asked(circuit, points, observables, target, options)
    return SweepQuote(quoted("sweep", asked, compare=True))


def sweep(
    circuit: Any,
    *,
    points: Any = (),
    observables: str | Sequence[str] | Mapping[str, float] = (),
    target: str | Sequence[str] = "local:sv",
    progress: bool = True,
    **options: Any,
) -> SweepRun:
    """Measure a circuit's observables at many values of its parameters.

    It may be called where an event loop runs, as in a notebook.

    Args:
        circuit: a `braket.circuits.Circuit` with free parameters, OpenQASM text, or a file of it.
        points: as on the command line ("theta=0:2pi:100", "sobol 4096 ...", "points.csv"), one or
            a list of them; or columns of numbers, a row a point: a mapping, a pandas DataFrame or
            an Arrow table.
        observables: such as "Z0*Z1", or {"Z0": 0.5, "Z1": 2.0} for the sum of these; by default
            Z of each measured qubit.
        target: one, or several to compare.
        progress: whether to say how far it is, on standard error.
        options: the other fields of `flows.parameters.SweepParameters`, such as `shots`.

    Raises:
        BadInput: what is wrong, the limit, and what to do; nothing has run.
        RuntimeFault: the run failed; `qrt resume` goes on with it.
    """
    parameters = _asked(circuit, points, observables, target, options)
    check_admitted(parameters)
    with showing(quiet=not progress):
        return SweepRun(_run(parameters))


def _asked(
    circuit: Any, points: Any, observables: Any, target: Any, options: Mapping[str, Any]
) -> BaseModel:
    open_runtime(home())
    return validated(
        "sweep",
        circuit=circuit,
        points=_points(points),
        observables=_texts(_summed(observables)),
        target=_texts(target),
        **options,
    )


def _run(parameters: BaseModel) -> dict[str, Any]:
    run_id = RunId(str(uuid4()))
    with private_creation(), _serving() as settings:
        try:
            claim(run_id, home=home())  # a flow takes an unknown id from its own process alone
            return run_beside(lambda: load("sweep")(parameters, run_id=run_id), settings=settings)
        finally:
            release(run_id, home=home())  # it was interrupted: anybody may go on with it


def _points(points: Any) -> Any:
    if is_table(points):
        return [str(keep_points(points, folder=home().cache / "points"))]
    return _texts(points)


def _summed(observables: Any) -> Any:
    """Return a mapping of terms to coefficients as the one observable that it is the sum of.

    Raises:
        BadInput: a coefficient is no finite number.
    """
    if not isinstance(observables, Mapping):
        return observables
    for term, weight in observables.items():
        if isinstance(weight, bool) or not isinstance(weight, Real) or not math.isfinite(weight):
            message = f"The coefficient of {term} is {weight!r:.40}. Give a finite number."
            raise BadInput(message)
    signed = (f"{float(weight):+}*{term}" for term, weight in observables.items())
    return " ".join(signed)


def _texts(given: Any) -> Any:
    """Return one text or several as a list; what is neither is refused with the parameters."""
    if isinstance(given, str):
        return [given]
    if isinstance(given, Mapping):
        message = f"{given!r:.60} is a mapping, whose values would be lost. Give a list."
        raise BadInput(message)
    return list(given) if isinstance(given, Iterable) else given


@contextmanager
def _serving() -> Iterator[Mapping[str, Any]]:
    """Yield the settings that point Prefect at the server that this process uses."""
    server = _server()
    server.ready()
    yield server.settings


@lru_cache(maxsize=1)
def _server() -> Server:
    """Find a server once, or start one, before Prefect is imported."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(prefect_server(home()))
