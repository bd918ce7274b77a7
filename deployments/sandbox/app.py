"""Wire the sandbox to HTTP: one FastAPI application behind which every path is one function."""

import logging
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

import anyio.to_thread
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from deployments.sandbox import control, dispatch, wire
from deployments.sandbox.runner import Runner
from deployments.sandbox.state import State

_log = logging.getLogger(__name__)
_THREADS = 100  # slow answers sleep in one each
_METHODS = ["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"]


def create_app(state: State) -> FastAPI:
    """Return the application; its runner lives as long as it does."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
        runner = Runner(state)
        runner.start()
        yield
        await run_in_threadpool(runner.stop)

    app = FastAPI(openapi_url=None, lifespan=lifespan)

    @app.api_route("/{path:path}", methods=_METHODS, include_in_schema=False)
    async def everything(request: Request) -> Response:
        wired = await _wired(request)
        return _response(await run_in_threadpool(_answer, state, wired))

    return app


def _answer(state: State, request: wire.Request) -> wire.Answer:
    try:
        if request.path.startswith("/sandbox/") and wire.caller_of(request) is None:
            return control.handle(state, request)
        return dispatch.answer(state, request)
    except Exception:  # noqa: BLE001 - any other answer would be taken for the service's own
        _log.exception("%s %s could not be answered", request.method, request.path)
        headers = {"x-amzn-errortype": "InternalServiceException"}
        return wire.Answer(500, b'{"message":"The sandbox failed; its log says why."}', headers)


async def _wired(request: Request) -> wire.Request:
    query: dict[str, tuple[str, ...]] = {}
    for name, value in parse_qsl(request.url.query, keep_blank_values=True):
        query[name] = (*query.get(name, ()), value)
    raw: bytes = request.scope["raw_path"]
    return wire.Request(
        method=request.method,
        path=raw.partition(b"?")[0].decode("latin-1"),
        query=query,
        headers=dict(request.headers),
        body=await request.body(),
    )


def _response(answer: wire.Answer) -> Response:
    kind: type[Response] = _LostResponse if answer.lost else Response
    headers = {**answer.headers, "x-amzn-requestid": str(uuid.uuid4())}
    return kind(answer.body, status_code=answer.status, headers=headers)


class _LostResponse(Response):
    """Never sends anything: the connection is cut, as by a network that fails."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del receive, send
        cut: Callable[[], None] = scope["state"]["cut"]
        cut()
