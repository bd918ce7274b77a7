"""Show in the Prefect UI how a run goes: a line for each stage, how far it is, and why it failed.

What the server is told goes through a thread, no more often than it can bear: a run neither waits
for it nor fails without it.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from functools import cache
from threading import Event as Signal
from threading import Thread
from typing import Any, Final
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.client.schemas.objects import FlowRun, State
from prefect.logging.loggers import flow_run_logger

from tasks.core.progress.events import Event, listen
from tasks.core.progress.lines import line
from tasks.core.progress.pace import Clock, Reached, reached
from tasks.errors import RuntimeFault
from tasks.orchestration.announcing import is_heard

EVERY_S: Final = 3.0
_LAST_WORD_S: Final = 5.0  # that the end of a run waits for at most
_TASKS: Final = "prefect.task_runs"


def watch(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:
    """Begin to show a run; Prefect calls this when a flow runs."""
    del state
    if is_heard():
        _watcher().begin(
            say=flow_run_logger(flow_run, flow).info, show=ProgressArtifact(flow_run.id).show
        )


@cache
def _watcher() -> "Watcher":
    for name in ("prefect.flow_runs", _TASKS):
        logging.getLogger(name).addFilter(in_one_line)
    made = Watcher()
    listen(made.hear)
    return made


def in_one_line(record: logging.LogRecord) -> bool:
    """Have a fault of ours told by the flow run alone, in its own words; others as they are."""
    fault = record.exc_info[1] if record.exc_info else None
    if not isinstance(fault, RuntimeFault):
        return True
    record.msg, record.args, record.exc_info = str(fault), (), None
    return record.name != _TASKS


class Watcher:
    """Hears what happens in this process, and shows it with the run that it happens in."""

    def __init__(self) -> None:
        self._say: Callable[[str], object] | None = None
        self._teller: Teller | None = None
        self._clock = Clock()

    def begin(self, *, say: Callable[[str], object], show: Callable[[Reached], object]) -> None:
        """Show the events that follow with this run."""
        self._say, self._teller, self._clock = say, Teller(show), Clock()

    def hear(self, event: Event) -> None:
        """Say what is a line; pass on how far the run is."""
        if self._say and (text := line(event)):
            self._say(text)
        if self._teller and (now := reached(event, clock=self._clock)):
            self._teller.tell(now)
        if self._teller and event.name == "run.ended":
            self._teller.end()
            self._teller = None


class Teller:
    """Passes on the newest of what it is told, in a thread, at most once in `every_s` seconds."""

    def __init__(self, show: Callable[[Reached], object], *, every_s: float = EVERY_S) -> None:
        self._show, self._every_s = show, every_s
        self._newest: Reached | None = None
        self._news, self._ended = Signal(), Signal()
        # The thread asks the server that this run's context names.
        self._thread = Thread(target=copy_context().run, args=(self._pass_on,), daemon=True)

    def tell(self, now: Reached) -> None:
        """Pass it on, unless something newer comes before its turn."""
        self._newest = now
        self._news.set()
        if self._thread.ident is None:
            self._thread.start()

    def end(self) -> None:
        """Pass on the last of it."""
        self._ended.set()
        self._news.set()
        if self._thread.ident is not None:
            self._thread.join(_LAST_WORD_S)

    def _pass_on(self) -> None:
        while not self._ended.is_set():
            self._news.wait()
            self._show_newest()
            self._ended.wait(self._every_s)
        self._show_newest()

    def _show_newest(self) -> None:
        self._news.clear()
        newest, self._newest = self._newest, None
        if newest:
            with suppress(Exception):  # a run does not fail because nobody can see how far it is
                self._show(newest)


class ProgressArtifact:
    """The one artifact that says how far a flow run is."""

    def __init__(self, flow_run_id: UUID) -> None:
        self._flow_run_id = flow_run_id
        self._artifact_id: UUID | None = None

    def show(self, now: Reached) -> None:
        """Make it, or change it."""
        with get_client(sync_client=True) as client:
            if self._artifact_id is None:
                made = client.create_artifact(
                    ArtifactCreate(
                        type="progress",
                        key="progress",
                        description=now.words,
                        data=now.percent,
                        flow_run_id=self._flow_run_id,
                    )
                )
                self._artifact_id = made.id
            else:
                changed = ArtifactUpdate(description=now.words, data=now.percent)
                client.update_artifact(self._artifact_id, changed)
