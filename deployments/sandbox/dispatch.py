"""Take a request to the service and operation it is for, faults and quotas on the way."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from deployments.sandbox import (
    device_calls,
    limits,
    markup,
    refusals,
    s3,
    sts,
    submission,
    tag_calls,
    task_calls,
    task_rows,
)
from deployments.sandbox.fault_book import Subject
from deployments.sandbox.fault_model import REQUEST_KINDS, Fault, Kind
from deployments.sandbox.service_model import Operation, matching, parameters
from deployments.sandbox.state import State
from deployments.sandbox.validation import check
from deployments.sandbox.wire import Answer, Caller, Refusal, Request, caller_of, plain

_Call = Callable[[State, Caller, Mapping[str, Any]], dict[str, Any]]
_CALLS: dict[str, _Call] = {
    "GetDevice": device_calls.get,
    "SearchDevices": device_calls.search,
    "CreateQuantumTask": submission.create,
    "GetQuantumTask": task_calls.get,
    "CancelQuantumTask": task_calls.cancel,
    "SearchQuantumTasks": task_calls.search,
    "TagResource": tag_calls.tag,
    "UntagResource": tag_calls.untag,
    "ListTagsForResource": tag_calls.listed,
    "CreateSpendingLimit": limits.create,
    "UpdateSpendingLimit": limits.update,
    "SearchSpendingLimits": limits.search,
    "DeleteSpendingLimit": limits.delete,
}


def answer(state: State, request: Request) -> Answer:
    """Return the answer to any request of an AWS client."""
    caller = caller_of(request)
    service = caller.service if caller else "braket"
    try:
        return _served(state, request, caller)
    except Refusal as refusal:
        return _refused(service, refusal, request)


def _served(state: State, request: Request, caller: Caller | None) -> Answer:
    if caller is None:
        message = "Missing Authentication Token"
        raise Refusal(403, "MissingAuthenticationTokenException", message)
    match caller.service:
        case "braket":
            return _braket(state, request, caller)
        case "s3":
            name = s3.operation(request)
            return _other(state, caller, name, lambda: s3.handle(state, request, caller))
        case "sts":
            name = sts.operation(request)
            return _other(
                state, caller, name, lambda: sts.handle(request, caller, now_s=state.clock())
            )
        case _:
            message = f"This sandbox has Braket, S3 and STS; {caller.service} is not here."
            raise Refusal(501, "NotImplementedException", message)


def _other(state: State, caller: Caller, name: str, work: Callable[[], Answer]) -> Answer:
    state.calls.count(name)
    subject = Subject(name, "", caller.access_key)
    return _under_faults(state, subject, caller.service, work)


def _braket(state: State, request: Request, caller: Caller) -> Answer:
    found = matching(request)
    if found is None or found[0].name not in _CALLS:
        message = f"This sandbox has no {request.method} {request.path}."
        raise Refusal(404, "UnknownOperationException", message)
    operation, path = found
    name = operation.name
    state.calls.count(name)
    if state.settings.enforce_quotas and not state.quotas.allow(name, region=caller.region):
        state.calls.throttled(name)
        raise refusals.of(Kind.THROTTLE, "braket", operation=name)
    members = parameters(operation, request, path)
    subject = Subject(name, _device(state, members), caller.access_key)
    return _under_faults(state, subject, "braket", lambda: _call(state, caller, operation, members))


def _call(state: State, caller: Caller, operation: Operation, members: Mapping[str, Any]) -> Answer:
    check(dict(members), shape=operation.takes)
    return plain(operation.status, _CALLS[operation.name](state, caller, members))


def _under_faults(
    state: State, subject: Subject, service: str, work: Callable[[], Answer]
) -> Answer:
    """Do the work unless a fault forbids it; lose or delay its answer when one says so."""
    struck = state.faults.strike(_kinds(subject), subject)
    for fault in struck:
        if fault.kind not in {Kind.SLOW, Kind.DROP}:
            if fault.kind is Kind.THROTTLE:
                state.calls.throttled(subject.operation)
            raise refusals.of(fault.kind, service, operation=subject.operation)
    time.sleep(sum(fault.delay_s for fault in struck if fault.kind is Kind.SLOW))
    if _drops(struck, "before"):
        return Answer(500, lost=True)
    found = work()
    return replace(found, lost=True) if _drops(struck, "after") else found


def _kinds(subject: Subject) -> frozenset[Kind]:
    creating = subject.operation == "CreateQuantumTask"
    return REQUEST_KINDS if creating else REQUEST_KINDS - {Kind.QUEUE_FULL}


def _drops(struck: list[Fault], when: str) -> bool:
    return any(fault.kind is Kind.DROP and fault.when == when for fault in struck)


def _device(state: State, members: Mapping[str, Any]) -> str:
    """Return the device that a request is about, empty when it is about none."""
    if isinstance(arn := members.get("deviceArn"), str):
        return arn
    task = members.get("quantumTaskArn")
    if not isinstance(task, str):
        return ""
    with state.store.reading() as connection:
        return task_rows.device_of(connection, task)


def _refused(service: str, refusal: Refusal, request: Request) -> Answer:
    if service == "s3":
        found = markup.s3_refusal(refusal, resource=request.path)
        return replace(found, body=b"") if request.method == "HEAD" else found
    if service == "sts":
        return markup.sts_refusal(refusal)
    body = json.dumps({"message": refusal.message, **refusal.more}).encode()
    headers = {"content-type": "application/json", "x-amzn-errortype": refusal.code}
    return Answer(refusal.status, body, headers)
