"""`qrt up` says so when a service of Prefect's does not do its work, whatever its health says."""

from pathlib import Path

import pytest

from tests.e2e.prefect_api import wait_for
from tests.e2e.processes import ROOT
from tests.e2e.up_process import start

pytestmark = [pytest.mark.e2e, pytest.mark.long]


@pytest.mark.parametrize(
    ("sabotage", "said"),
    [
        ("scheduler fails", "Prefect's scheduler is not alive: RuntimeError: it was sabotaged."),
        ("scheduler plans nothing", "Prefect's scheduler plans no runs of calibrate, canary,"),
        ("late runs fails", "Prefect's late runs is not alive: RuntimeError: it was sabotaged."),
        ("event persister ends", "Prefect's event persister is not alive: it has ended"),
    ],
)
def test_a_service_that_is_not_alive_is_said_to_be_so(
    tmp_path: Path, sabotage: str, said: str
) -> None:
    up = start(
        tmp_path / "home", "--no-worker",
        PYTHONPATH=str(ROOT / "tests" / "e2e" / "sabotaged"), QRT_SABOTAGE=sabotage,
    )  # fmt: skip
    try:
        assert up.api.ask("GET", "/health") is True  # which is why nobody would notice
        wait_for(lambda: any(said in line for line in up.said))
        log = up.home / "logs" / "prefect-server.log"
        assert ("it was sabotaged" in log.read_text()) == ("fails" in sabotage)
    finally:
        assert up.stop() == 0
