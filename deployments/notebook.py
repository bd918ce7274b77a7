"""Sweeps from Python, in a notebook's cell or a script: here and now, and back come the values.

The first call starts a Prefect server for as long as the process lives, unless one is configured.
"""

import atexit
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from functools import lru_cache
from numbers import Real
from typing import Any
from uuid import uuid4

from datasets.files.home_rights import private_creation
from datasets.home import home
from datasets.points.tables import is_table, keep_points
from datasets.records.executions import RunId
from deployments.cli.asking import check_admitted, validated
from deployments.cli.flows_by_name import load
from deployments.cli.progress import showing
from deployments.cli.quoting import quoted
from deployments.notebook_calls import in_words_of_python
from deployments.notebook_results import Picture, SweepQuote, SweepRun
from deployments.server.beside import run_beside
from deployments.server.ephemeral import Server, prefect_server
from tasks.context.run_lock import claim, release
from tasks.context.runtime import open_runtime
from tasks.errors import BadInput
from tasks.requests.run import RunRequest
from tasks.requests.sweep import SweepRequest

__all__ = ["Picture", "SweepQuote", "SweepRun", "quote", "sweep"]


@in_words_of_python
def quote(
    circuit: Any,
    *,
    points: Any = (),
    observables: str | Sequence[str] | Mapping[str, float] = (),
    target: str | Sequence[str] = "local:sv",
    shots: int = 1000,
    repetitions: int = 1,
    mitigate: str = "none",
    readout_shots: int = 8000,
    max_readout_age_h: float = 1.0,
    seed: int = 1,
    retries: int = 3,
    max_usd: float | Decimal | None = None,
    max_calibration_age_h: float | None = None,
    mix_calibrations: bool = False,
    debias: bool = False,
    device_parameters: Mapping[str, Any] | None = None,
    reservation: str = "",
    tags: Mapping[str, str] | None = None,
    tenant: str = "default",
    policy: str = "",
    account: str = "",
) -> SweepQuote:
    """Say what `sweep` with the same arguments would cost, and where else; nothing is bought.

    Raises:
        BadInput: what is wrong, the limit, and what to do.
    """
    return SweepQuote(quoted("sweep", _asked(locals()), compare=True))


@in_words_of_python
def sweep(
    circuit: Any,
    *,
    points: Any = (),
    observables: str | Sequence[str] | Mapping[str, float] = (),
    target: str | Sequence[str] = "local:sv",
    shots: int = 1000,
    repetitions: int = 1,
    mitigate: str = "none",
    readout_shots: int = 8000,
    max_readout_age_h: float = 1.0,
    seed: int = 1,
    retries: int = 3,
    max_usd: float | Decimal | None = None,
    max_calibration_age_h: float | None = None,
    mix_calibrations: bool = False,
    debias: bool = False,
    device_parameters: Mapping[str, Any] | None = None,
    reservation: str = "",
    tags: Mapping[str, str] | None = None,
    tenant: str = "default",
    policy: str = "",
    account: str = "",
    progress: bool = True,
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
        shots: of each circuit at each point.
        repetitions: how often everything is measured anew.
        mitigate: "none", "readout", "zne" or "readout,zne".
        readout_shots: for each of the two circuits of a readout calibration.
        max_readout_age_h: hours up to which a canary's readout calibration is used; 0 measures.
        seed: the same seed gives the same result, bit for bit.
        retries: how often what did not come back is bought again.
        max_usd: the run is refused if it may cost more, and never spends more.
        max_calibration_age_h: hours; nothing is bought on an older calibration.
        mix_calibrations: merge counts of before and after a recalibration.
        debias: IonQ's own error mitigation.
        device_parameters: laid over those of every task; IonQ's devices only.
        reservation: the ARN of a Braket Direct reservation, which then pays for the tasks.
        tags: of every quantum task, such as a cost centre.
        tenant: who pays.
        policy: a policy block, for what is left at its default here.
        account: the Braket account block that buys.
        progress: whether to say how far it is, on standard error.

    Raises:
        BadInput: what is wrong, the limit, and what to do; nothing has run.
        RuntimeFault: the run failed; `qrt resume` goes on with it.
    """
    asked = dict(locals())
    del asked["progress"]
    parameters = _asked(asked)
    check_admitted(parameters)
    with showing(quiet=not progress):
        return SweepRun(_run(parameters))


def __dir__() -> list[str]:
    return __all__


def _asked(given: Mapping[str, Any]) -> RunRequest:
    """Return a sweep's parameters; a policy block may say what is left at its default."""
    open_runtime(home())
    fields = SweepRequest.model_fields
    asked = dict(given) | {
        "points": _points(given["points"]),
        "observables": _texts(_summed(given["observables"])),
        "target": _texts(given["target"]),
    }
    of_their_own = {
        name: value
        for name, value in asked.items()
        if value is not None and value != fields[name].default
    }
    return validated("sweep", **of_their_own | {"circuit": asked["circuit"]})


def _run(parameters: RunRequest) -> dict[str, Any]:
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
    texts = _texts(points)
    if isinstance(texts, list) and (others := [one for one in texts if not isinstance(one, str)]):
        message = (
            f"The points hold {others[0]!r:.60}, which is no text. Give texts, such as "
            "'theta=0:pi:10', or columns: {'theta': [0.1, 0.2]}, a DataFrame or an Arrow table."
        )
        raise BadInput(message)
    return texts


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
