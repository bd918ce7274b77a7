"""Run a flow in a thread of its own, so that the caller may have an event loop already."""

import asyncio
import ctypes
from collections.abc import Callable, Coroutine, Mapping
from threading import Thread
from typing import Any


def run_beside(
    start: Callable[[], Coroutine[Any, Any, dict[str, Any]]], *, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Run what `start` makes to its end under these Prefect settings, and return its result.

    An interrupt (Ctrl-C, or a notebook's stop button) is passed on to the thread.
    """
    ended: list[dict[str, Any] | BaseException] = []
    thread = Thread(target=_run, args=(start, settings, ended), name="flow", daemon=True)
    thread.start()
    try:
        thread.join()
    except KeyboardInterrupt:
        _interrupt(thread)
        raise
    (found,) = ended
    if isinstance(found, BaseException):
        raise found
    return found


def _run(
    start: Callable[[], Coroutine[Any, Any, dict[str, Any]]],
    settings: Mapping[str, Any],
    ended: list[dict[str, Any] | BaseException],
) -> None:
    from prefect import settings as prefect
    from prefect.context import SyncClientContext

    # Whoever has imported Prefect before has settings already; these hold for this thread alone.
    updates = {getattr(prefect, name): value for name, value in settings.items()}
    try:
        with prefect.temporary_settings(updates=updates), SyncClientContext.get_or_create():
            ended.append(asyncio.run(start()))
    except BaseException as error:  # noqa: BLE001 - raised again where the caller waits
        ended.append(error)


def _interrupt(thread: Thread) -> None:
    """Raise KeyboardInterrupt in a thread, which Python does for the main one alone."""
    number = ctypes.c_ulong(thread.ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(KeyboardInterrupt))
    thread.join()
