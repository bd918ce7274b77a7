"""The sandbox's own paths, below /sandbox: the bill, the calls, the faults, the tasks."""

from typing import Any

from deployments.sandbox import task_rows
from deployments.sandbox.billing import bill
from deployments.sandbox.fault_model import read_faults
from deployments.sandbox.state import State
from deployments.sandbox.wire import Answer, Request, plain
from tasks.errors import BadInput


def handle(state: State, request: Request) -> Answer:
    """Return what the path asks for."""
    match request.method, request.path:
        case "GET", "/sandbox/health":
            return plain(200, {"status": "ok", "devices": list(state.devices.arns())})
        case "GET", "/sandbox/bill":
            return plain(200, _bill(state))
        case "GET", "/sandbox/calls":
            return plain(200, state.calls.listed())
        case "GET", "/sandbox/faults":
            return plain(200, {"faults": state.faults.listed()})
        case "POST", "/sandbox/faults":
            return _add(state, request.body)
        case "DELETE", "/sandbox/faults":
            return _clear(state, request)
        case _:
            return plain(404, {"message": f"There is no {request.method} {request.path}."})


def _bill(state: State) -> dict[str, Any]:
    with state.store.reading() as connection:
        return bill(task_rows.charged(connection))


def _add(state: State, body: bytes) -> Answer:
    try:
        faults = read_faults(body, origin="The request body")
    except BadInput as error:
        return plain(400, {"message": str(error)})
    ids = state.faults.add(faults)
    state.wake.set()
    return plain(201, {"ids": ids})


def _clear(state: State, request: Request) -> Answer:
    stated = request.query.get("id", ("",))[0]
    if stated and not stated.isdigit():
        return plain(400, {"message": f"{stated!r} is not the id of a fault."})
    ended = state.faults.clear(int(stated) if stated else None)
    state.wake.set()
    return plain(200, {"ended": ended})
