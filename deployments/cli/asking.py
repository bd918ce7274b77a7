"""Start a run from a command's options; refuse what cannot be done before anything starts."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from datasets.home import home
from datasets.records.runs import each
from deployments.cli.confirming import confirm
from deployments.cli.flows_by_name import known
from deployments.cli.quoting import is_quoting, tell
from tasks.devices.known_devices import said
from tasks.devices.standing import check_free, meant
from tasks.errors import BadInput
from tasks.orchestration.task_runners import configured

if TYPE_CHECKING:
    from tasks.requests.run import RunRequest


def start(flow: str, *, as_json: bool, yes: bool = False, **values: Any) -> None:
    """Run a flow, or say what it would cost where that was asked.

    With `yes` no question is put, whatever it costs.

    Raises:
        BadInput: what cannot be done, in one line; no server was started and no run opened.
    """
    if is_quoting():
        tell(flow, validated(flow, **values), as_json=as_json)
        return
    configured()
    parameters = _parsed(flow, values)
    check_admitted(parameters)
    _check(flow, parameters)
    if not yes:
        confirm(flow, parameters, as_json=as_json)
    from deployments.cli.running import run_flow

    run_flow(flow, parameters, run_id=None, as_json=as_json)


def validated(flow: str, **values: Any) -> "RunRequest":
    """Return the parameters of a run.

    Raises:
        BadInput: one of them is out of its range, or they cannot work together; in one line.
    """
    parameters = _parsed(flow, values)
    _check(flow, parameters)
    return parameters


def check_admitted(parameters: "RunRequest") -> None:
    """Return when work may go to every target that is named; no home is made for that.

    Raises:
        DeviceWithheld: one is quarantined, or under maintenance.
    """
    said_now = said(home(), now=datetime.now(UTC))
    for target in each(parameters.target):
        if target in said_now:
            check_free(said_now[target])


def _check(flow: str, parameters: "RunRequest") -> None:
    known(flow).check(parameters)
    if parameters.max_usd is not None:
        from tasks.workloads.quote_request import check_affordable

        check_affordable(flow, parameters)


def _parsed(flow: str, values: Mapping[str, Any]) -> "RunRequest":
    if isinstance(wanted := values.get("target"), str):
        values = {**values, "target": meant(wanted)}
    elif isinstance(wanted, list):
        values = {**values, "target": [meant(each) for each in wanted]}
    try:
        return known(flow).parameters(**values)
    except ValidationError as error:
        raise BadInput(_one_line(error)) from None


def _one_line(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "parameters"
    if first["type"] == "value_error":  # of our own making
        return f"--{name.replace('_', '-')}: {first['ctx']['error']}"
    return f"--{name.replace('_', '-')} {first['input']!r}: {first['msg'].lower()}."
