"""The request of a run, read from the JSON in which its journal keeps it."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from datasets.records.runs import Run
from tasks.requests.batch import BatchRequest
from tasks.requests.canary import CanaryRequest
from tasks.requests.run import RunRequest
from tasks.requests.search import QaoaRequest, VqeRequest
from tasks.requests.sweep import SweepRequest

REQUESTS: Final[Mapping[str, type[RunRequest]]] = MappingProxyType(
    {
        "vqe": VqeRequest,
        "qaoa": QaoaRequest,
        "sweep": SweepRequest,
        "batch": BatchRequest,
        "canary": CanaryRequest,
    }
)
Asked = TypeVar("Asked", bound=RunRequest)


def request_of(run: Run) -> RunRequest:
    """Return what a run was asked for; what its release did not know has its default."""
    return _read(run.flow, run.parameters)


def request_as(kind: type[Asked], run: Run) -> Asked:
    """Return what a run of a flow was asked for.

    Raises:
        TypeError: the run is of another flow.
    """
    found = request_of(run)
    if not isinstance(found, kind):
        message = f"run {run.run_id} is a {run.flow}"
        raise TypeError(message)
    return found


@lru_cache(maxsize=256)
def _read(flow: str, parameters: str) -> RunRequest:
    kind, kept = REQUESTS.get(flow, RunRequest), json.loads(parameters)
    known: dict[str, Any] = {name: kept[name] for name in kept if name in kind.model_fields}
    try:
        return kind.model_validate(known)
    except ValidationError:  # an earlier release had other limits: it stands as it was begun
        if known.get("max_usd") is not None:
            known["max_usd"] = Decimal(str(known["max_usd"]))
        return kind.model_construct(**known)
