"""What CreateQuantumTask is asked: the same request for the same execution, in every process."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from datasets.records.executions import Execution
from tasks.core.identity import canonical
from tasks.core.planning.actions import PROGRAM

RUN_TAG: Final = "qrt:run_id"
EXECUTION_TAG: Final = "qrt:execution_id"
FOLDER: Final = "quantum-runtime"
_SCHEMAS: Final = "braket.device_schema"
_RESERVATION: Final = "RESERVATION_TIME_WINDOW_ARN"  # the one type of association there is
_DEBIAS: Final = "braket.device_schema.error_mitigation.debias.Debias"
_QUBIT: Final = re.compile(r"\$(\d+)")
# Vendors whose devices take parameters for gate-model circuits, by their word in ARNs.
_PARAMETERS: Final = {"iqm", "rigetti", "ionq"}


def create_request(execution: Execution, *, arn: str, bucket: str) -> dict[str, Any]:
    """Return the members of CreateQuantumTask; the token is the execution's id."""
    options = json.loads(execution.options) if execution.options else {}
    request: dict[str, Any] = {
        "clientToken": execution.execution_id,
        "deviceArn": arn,
        "shots": execution.shots,
        "action": execution.action.decode(),
        "outputS3Bucket": bucket,
        "outputS3KeyPrefix": f"{FOLDER}/{execution.run_id}",
        "tags": {
            **options.get("tags", {}),
            RUN_TAG: execution.run_id,
            EXECUTION_TAG: execution.execution_id,
        },
    }
    if parameters := _device_parameters(execution.action, arn=arn, options=options):
        request["deviceParameters"] = parameters
    if reservation := options.get("reservation"):
        request["associations"] = [{"arn": reservation, "type": _RESERVATION}]
    return request


def _device_parameters(action: bytes, *, arn: str, options: Mapping[str, Any]) -> str:
    """Return that qubits stay where they are, as a verbatim circuit on a machine needs.

    Program sets take no parameters: the Braket SDK sends none with them either.
    """
    vendor = arn.split("/")[2]
    document = json.loads(action)
    if vendor not in _PARAMETERS or document["braketSchemaHeader"] != PROGRAM:
        return ""
    labels = set(_QUBIT.findall(document["source"]))
    gate_model = {
        "braketSchemaHeader": _header("gate_model_parameters"),
        "qubitCount": len(labels),
        "disableQubitRewiring": True,
    }
    name = f"{vendor}.{vendor}_device_parameters"
    stated = {"braketSchemaHeader": _header(name), "paradigmParameters": gate_model}
    if options.get("debias"):
        stated["errorMitigation"] = [{"type": _DEBIAS}]
    return canonical(_laid_over(stated, options.get("parameters", {}))).decode()


def _laid_over(stated: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return `stated` with what is `wanted` in its place, level by level."""
    merged = dict(stated)
    for name, value in wanted.items():
        below = merged.get(name)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[name] = _laid_over(below, value)
        else:
            merged[name] = value
    return merged


def _header(name: str) -> dict[str, str]:
    return {"name": f"{_SCHEMAS}.{name}", "version": "1"}
