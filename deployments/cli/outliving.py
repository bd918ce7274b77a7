"""Answer from the journal when Prefect's server ends before the run does.

The work needs no server: what was bought lands, and the run is closed. Prefect's engine alone would
ask the server for minutes whether it may say so, and then fail.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from datasets.records.executions import RunId
from datasets.records.runs import Run, RunState
from deployments.cli.terminal import one_line, say
from deployments.server.ephemeral import Server
from tasks.context.runtime import Runtime
from tasks.core.progress.events import Event, listening
from tasks.core.text.shortening import fault_line
from tasks.errors import RuntimeFault, StorageFault
from tasks.run.cancellation import cancel_run
from tasks.run.closing import close

AFTERWARDS_S: Final = 3.0  # for a run that has ended to end its command as always
_REPORT_S: Final = 30.0  # for its report to be drawn
_LOOK_EVERY_S: Final = 0.5
_SHOWN: Final = 300  # characters of a fault


@dataclass(slots=True)
class _Heard:
    """How far the run is, as it says itself."""

    run_id: RunId | None = None
    failure: str = ""
    over_at_s: float | None = None  # when nothing is left that needs time

    def hear(self, event: Event) -> None:
        """Note what the run says of itself."""
        match event.name:
            case "run.opened":
                self.run_id, self.over_at_s = RunId(str(event.fields["run_id"])), None
            case "run.ended":
                self.over_at_s = time.monotonic() + _REPORT_S
            case "report.written":
                self.over_at_s = time.monotonic()
            case "flow.failed":
                self.failure, self.over_at_s = event.fields["failure"], time.monotonic()


@dataclass(slots=True)
class _Watch:
    server: Server
    runtime: Runtime
    answer: Callable[[RunId], None]
    heard: _Heard = field(default_factory=_Heard)
    over: threading.Event = field(default_factory=threading.Event)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> None:
        """End the command, once the server has ended and nothing is left to do."""
        gone_at_s: float | None = None
        while not self.over.wait(_LOOK_EVERY_S):
            now_s = time.monotonic()
            if self.server.alive:
                gone_at_s = None
                continue
            gone_at_s = now_s if gone_at_s is None else gone_at_s
            idle = self.heard.run_id is None or self._is_over(now_s)
            if idle and now_s - gone_at_s >= self.server.patience_s + AFTERWARDS_S:
                self.leave()

    def _is_over(self, now_s: float) -> bool:
        over_at_s = self.heard.over_at_s
        return over_at_s is not None and now_s - over_at_s >= AFTERWARDS_S

    def leave(self) -> None:
        """Say how the run stands, and end the process; nothing waits for the server again."""
        with self._turn:  # nobody leaves twice
            try:
                code = self._said()
                sys.stdout.flush()
            except RuntimeFault as fault:
                code = _complain(str(fault))
            sys.stderr.flush()
            os._exit(code)

    def _said(self) -> int:
        where = f"The Prefect server at {self.server.url.removesuffix('/api')} has ended"
        if self.heard.run_id is None:
            before = f"{where} before the run was begun; nothing was bought. {self.server.hint}"
            return _complain(self.heard.failure or before)
        run = self._closed(self.runtime.journal.run(self.heard.run_id))
        if run.state is not RunState.COMPLETED:
            return _complain(
                f"{run.failure or f'The run is {run.state}.'} {where} meanwhile. {self.server.hint}"
            )
        self.answer(run.run_id)
        _complain(f"{where}; the run went on without it to its end. {self.server.hint}")
        return 0

    def _closed(self, run: Run) -> Run:
        """Do what Prefect would have called us for."""
        if run.state is not RunState.RUNNING:
            return run
        if run.cancel_requested_at:
            cancel_run(run, runtime=self.runtime, holding=True)
        else:
            close(run.run_id, RunState.FAILED, runtime=self.runtime, failure=self.heard.failure)
        return self.runtime.journal.run(run.run_id)


@contextmanager
def outliving(
    server: Server, *, runtime: Runtime, answer: Callable[[RunId], None]
) -> Iterator[None]:
    """Run the block, and `answer` in its place where the server's end keeps it from ending.

    Raises:
        RuntimeFault: what the block raised.
    """
    watch = _Watch(server, runtime, answer)
    threading.Thread(target=watch.look, daemon=True).start()
    try:
        with listening(watch.heard.hear):
            yield
    except RuntimeFault:
        raise
    except Exception as fault:
        if server.alive:
            raise
        watch.heard.failure = watch.heard.failure or fault_line(fault, _SHOWN)
        watch.leave()
        raise StorageFault(str(fault)) from fault  # never reached: leaving ends the process
    finally:
        watch.over.set()


def _complain(text: str) -> int:
    say(one_line(text), err=True)
    return 1
