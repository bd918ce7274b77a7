"""What the watch inside Prefect's server passes on to whoever started it."""

import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from deployments.server.reports import ERROR, Reporter
from deployments.server.services import FAULTS_IN_A_ROW, Service, Watch


class Kept(Reporter):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []

    def tell(self, **said: Any) -> None:
        """Keep it."""
        self.said.append(said)


@pytest.fixture
def kept() -> Kept:
    """Return what has been passed on."""
    return Kept()


@pytest.fixture
def logger(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    """Return a logger of a watched process."""
    name = f"watched-{uuid.uuid4()}"
    monkeypatch.setattr("deployments.server.services._LOGGERS", (name,))
    watch = Watch(kept)
    watch.begin()
    yield logging.getLogger(name)
    watch.stopping = True


@pytest.mark.parametrize(
    "fault",
    [None, RuntimeError("it was sabotaged"), OSError("database is locked"), KeyError("x")],
)
def test_whatever_is_logged_as_an_error_is_passed_on(
    logger: logging.Logger, kept: Kept, fault: Exception | None
) -> None:
    logger.warning("of no account")
    logger.error("it did not work", exc_info=fault)
    (said,) = kept.said
    assert said["report"] == ERROR
    assert said["text"].startswith("it did not work")
    assert fault is None or type(fault).__name__ in said["text"]


def test_the_same_error_is_passed_on_once_in_a_while(logger: logging.Logger, kept: Kept) -> None:
    for _ in range(50):
        logger.error("it did not work", exc_info=OSError("database is locked"))
    logger.error("something else")
    assert [said["text"].split()[0] for said in kept.said] == ["it", "something"]


def test_a_service_is_in_trouble_after_rounds_in_a_row_that_failed() -> None:
    service = Service("scheduler", every_s=60)
    for _ in range(FAULTS_IN_A_ROW):
        assert service.trouble == ""
        service.failed(RuntimeError("broken"))
    assert service.trouble == "RuntimeError: broken"
    service.worked()
    assert service.trouble == ""


def test_a_service_that_does_nothing_is_in_trouble() -> None:
    service = Service("scheduler", every_s=60)
    service.well_at_s -= 1000
    assert service.trouble.startswith("it has done nothing for 10")
