"""prefect.yaml: what is to be on a server."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

import deployments
from tasks.errors import BadInput

if TYPE_CHECKING:
    from prefect import Flow

PATH: Final = Path(deployments.__path__[0]).parent / "prefect.yaml"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The file: what deployments stand on, and the deployments, each as Prefect reads it."""

    work_pool: Mapping[str, str]
    queues: tuple[str, ...]
    variables: Mapping[str, Any]
    deployments: tuple[Mapping[str, Any], ...]

    @property
    def pool(self) -> str:
        """The work pool's name."""
        return self.work_pool["name"]


@lru_cache(maxsize=4)
def read(path: Path = PATH) -> Manifest:
    """Read the file.

    Raises:
        BadInput: it is not there, or not what Prefect reads.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        shared = document["definitions"]
        return Manifest(
            shared["work_pool"],
            tuple(shared["queues"]),
            shared["variables"],
            tuple(document["deployments"]),
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as error:
        reason = " ".join(str(error).split())
        message = f"{path} cannot be read ({reason}). Restore it from the release."
        raise BadInput(message) from error


def flow_of(deployment: Mapping[str, Any]) -> "Flow[..., Any]":
    """Import the flow of a deployment, once its parameters are known to fit.

    Raises:
        BadInput: they do not, or there is no such flow.
    """
    name, entrypoint = deployment["name"], str(deployment["entrypoint"])
    module, _, attribute = entrypoint.partition(":")
    try:
        flow: Flow[..., Any] = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        message = f"Deployment {name}: there is no flow {entrypoint}. Correct prefect.yaml."
        raise BadInput(message) from error
    check_parameters(flow, deployment.get("parameters", {}), deployment=name)
    return flow


def check_parameters(
    flow: "Flow[..., Any]", parameters: Mapping[str, Any], *, deployment: str
) -> None:
    """Refuse parameters that the flow does not take.

    Raises:
        BadInput: the first that it does not, and why.
    """
    from prefect.exceptions import ParameterBindError, ParameterTypeError, SignatureMismatchError

    try:
        flow.validate_parameters(dict(parameters))
    except (ParameterTypeError, ParameterBindError, SignatureMismatchError) as error:
        wrong = [line.strip("- ").rstrip(".") for line in str(error).splitlines()[1:]]
        found = [line for line in wrong or [str(error)] if not _is_asked_for(line)]
        if found:
            message = (
                f"Deployment {deployment}: its parameters do not fit the flow {flow.name} "
                f"({'; '.join(found)}). Correct them in prefect.yaml."
            )
            raise BadInput(message) from error


def _is_asked_for(line: str) -> bool:
    """Whether all that is wrong is a parameter of the flow that is left to the form of a run."""
    name, _, fault = line.partition(": ")
    return fault == "Field required" and "." not in name
