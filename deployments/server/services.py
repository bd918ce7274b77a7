"""Watch Prefect's services from inside the server's process, and report those that fail.

Prefect's health check answers while they fail. Those that work in rounds are to complete one in
time; those that work all the time are not to end; and what any part logs as an error is passed on.
"""

import asyncio
import functools
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from deployments.server.reports import ERROR, SERVICE, Reporter
from tasks.core.text.shortening import fault_line, shortened

FAULTS_IN_A_ROW: Final = 2  # one round may meet a database that is busy
SLACK_S: Final = 120.0  # that a round may be late on a busy machine, beside three of its periods
_LOOK_EVERY_S: Final = 2.0
_LOGGERS: Final = ("", "uvicorn", "fastapi", "prefect._internal")  # all pass nothing on
AGAIN_AFTER_S: Final = 600.0
_SHOWN: Final = 300  # characters of a fault
_KEY: Final = 80  # characters that tell one fault from another
_KEPT: Final = 1000  # faults that are remembered


@dataclass(slots=True)
class Service:
    """One service: what went wrong last, and when it last did its work; `every_s` 0 is always."""

    name: str
    every_s: float = 0.0
    faults: int = 0
    fault: str = ""
    ended: bool = False
    well_at_s: float = field(default_factory=time.monotonic)

    def worked(self) -> None:
        """Note a round that was completed."""
        self.faults, self.fault, self.well_at_s = 0, "", time.monotonic()

    def failed(self, fault: BaseException) -> None:
        """Note a round that was not."""
        self.faults += 1
        self.fault = fault_line(fault, _SHOWN)

    @property
    def trouble(self) -> str:
        """Why it is not alive; nothing where it is."""
        if self.ended:
            return f"it has ended ({self.fault or 'without a word'})"
        if self.faults >= FAULTS_IN_A_ROW:
            return self.fault
        late_s = time.monotonic() - self.well_at_s
        if self.every_s and late_s > 3 * self.every_s + SLACK_S:
            return self.fault or f"it has done nothing for {late_s:.0f} s"
        return ""


class Watch:
    """Knows every service of this process, and reports what changes."""

    def __init__(self, report: Reporter) -> None:
        self._report = report
        self._services: list[Service] = []
        self._said: dict[str, str] = {}
        self.stopping = False

    def attach(self) -> None:
        """Put itself around every service; call it before the application is made."""
        from docket import Perpetual
        from docket.dependencies import get_single_dependency_parameter_of_type as one_of
        from prefect.server.api import background_workers as _all  # noqa: F401 - it registers them
        from prefect.server.services import base, perpetual_services

        for config in perpetual_services.get_enabled_perpetual_services():
            rounds = one_of(config.function, Perpetual)
            if rounds is not None:
                service = self._add(config.function, every_s=rounds.every.total_seconds())
                config.function = _in_rounds(config.function, service)
        for kind in base.Service.enabled_services():
            self._stand_by(kind)

    def begin(self) -> None:
        """Report from now on; call it once the application has set up its logging."""
        for service in self._services:
            service.worked()
        for name in _LOGGERS:
            logger = logging.getLogger(name)
            for handler in logger.handlers:
                handler.addFilter(_Seldom())
            logger.addHandler(_Errors(self._report, self._services))
        threading.Thread(target=self._look, daemon=True).start()

    def _add(self, function: Callable[..., Any], *, every_s: float = 0.0) -> Service:
        name = function.__module__.rpartition(".")[2].replace("_", " ")
        service = Service(name, every_s)
        self._services.append(service)
        return service

    def _stand_by(self, kind: Any) -> None:
        """Notice the end of a service that works all the time."""
        start, service = kind.start, self._add(kind)

        async def watched(self_: Any) -> None:
            try:
                await start(self_)
            except asyncio.CancelledError:
                raise
            except BaseException as fault:
                service.failed(fault)
                raise
            finally:
                service.ended = not self.stopping

        kind.start = functools.wraps(start)(watched)

    def _look(self) -> None:
        while not self.stopping:
            found: dict[str, str] = {}
            for service in self._services:
                found[service.name] = found.get(service.name) or service.trouble
            for name, trouble in found.items():
                if bool(trouble) != bool(self._said.get(name)):
                    self._said[name] = trouble
                    self._report.tell(report=SERVICE, service=name, trouble=trouble)
            time.sleep(_LOOK_EVERY_S)


def _in_rounds(
    function: Callable[..., Awaitable[Any]], service: Service
) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(function)
    async def watched(*given: Any, **named: Any) -> Any:
        try:
            answer = await function(*given, **named)
        except Exception as fault:
            service.failed(fault)
            raise
        service.worked()
        return answer

    return watched


class _Seldom(logging.Filter):
    """Lets the same fault through once in a while: some service would log it every 5 s for ever."""

    def __init__(self) -> None:
        super().__init__()
        self._passed_at_s: dict[tuple[str, ...], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it was not let through of late."""
        what = (record.name, str(record.msg)[:_KEY], _fault(record)[:_KEY])
        now_s = time.monotonic()
        if now_s - self._passed_at_s.get(what, -AGAIN_AFTER_S) < AGAIN_AFTER_S:
            return False
        if len(self._passed_at_s) >= _KEPT:
            self._passed_at_s.clear()
        self._passed_at_s[what] = now_s
        return True


class _Errors(logging.Handler):
    """Passes on what is logged as an error, but for faults that services are told of by."""

    def __init__(self, report: Reporter, services: Sequence[Service]) -> None:
        super().__init__(logging.ERROR)
        self._report, self._services = report, services
        self.addFilter(_Seldom())

    def emit(self, record: logging.LogRecord) -> None:
        """Pass on one line of it."""
        fault = _fault(record)
        if fault and any(each.fault == fault for each in self._services):
            return
        text = shortened(f"{record.getMessage()} {fault}", _SHOWN)
        self._report.tell(report=ERROR, logger=record.name, text=text)


def _fault(record: logging.LogRecord) -> str:
    fault = record.exc_info[1] if record.exc_info else None
    return fault_line(fault, _SHOWN) if fault else ""
