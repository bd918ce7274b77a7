"""The one decorator of flows that make a run: its hooks, its opening, and its next device."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from prefect import Flow, flow

from datasets.records.runs import Run
from tasks.orchestration.announcing import announce
from tasks.orchestration.edge import settled
from tasks.orchestration.failover import failing_over
from tasks.orchestration.failures import record_failure
from tasks.orchestration.watching import watch
from tasks.requests.run import RunRequest, RunToResume
from tasks.stages.run import open_run

Asked = TypeVar("Asked", bound=RunRequest)
# Forms show this beside their fields.
_ARGUMENTS: Final = """Args:
    parameters: What is measured, where, and how well.
    run_id: Go on with this run; leave empty to start a new one.
"""
Body = Callable[[Run, Asked], dict[str, Any]]


def run_flow(
    request: type[Asked],
    *,
    check: Callable[[Asked], None],
    description: str,
    called: str,
) -> Callable[[Body[Asked]], Flow[..., Any]]:
    """Return the decorator of a flow: of a body that takes an open run with what it is asked for.

    The flow has the body's name, and two parameters: `parameters`, a `request`, and `run_id`, the
    run to go on with, which forms leave empty.

    Args:
        request: What the flow can be asked for.
        check: Refuses a request that cannot succeed, before the run is opened.
        description: What the Prefect UI says of the flow.
        called: What a flow run is called, with parts of `parameters` in braces.
    """

    def decorate(body: Body[Asked]) -> Flow[..., Any]:
        async def started(parameters: Any, run_id: RunToResume = None) -> dict[str, Any]:
            asked = await settled(parameters, run_id=run_id, check=check)
            run = open_run(body.__name__, request=asked, run_id=run_id)
            return body(run, asked)

        started.__annotations__["parameters"] = request
        for name in ("__module__", "__name__", "__qualname__"):
            setattr(started, name, getattr(body, name))
        started.__doc__ = f"{body.__doc__}\n\n{_ARGUMENTS}"
        return flow(
            name=body.__name__,
            description=description,
            flow_run_name=called,
            on_running=[announce, watch],
            on_failure=[record_failure],
            on_cancellation=[record_failure],
            validate_parameters=True,
        )(failing_over(started))

    return decorate
