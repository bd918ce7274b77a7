"""A sweep from the Prefect UI, in a real browser: filled in, run, watched, and its result."""

import re
from collections.abc import Iterator

import pytest

from tests.e2e.browser import Screen, chromium
from tests.e2e.up_process import Up, start

pytestmark = pytest.mark.e2e

CIRCUIT = """OPENQASM 3.0;
input float theta;
qubit[2] q;
ry(theta) q[0];
cnot q[0], q[1];
"""


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    """Return a browser; without one, nothing else is started."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def up(screen: Screen, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Start `qrt up`."""
    del screen
    found = start(tmp_path_factory.mktemp("browser") / "home")
    yield found
    assert found.stop() == 0


def test_a_sweep_is_found_filled_in_run_and_watched_to_its_table_and_picture(
    up: Up, screen: Screen
) -> None:
    page, ui = screen.page, up.api.url.removesuffix("/api")
    screen.sign_in(ui, up.api.auth)
    page.goto(f"{ui}/deployments")
    screen.shown("nightly-sweep")
    screen.keep("1-deployments")
    links = page.locator('a[href*="/deployments/deployment/"]')
    links.get_by_text("sweep", exact=True).click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Custom run").first.click()

    screen.fill("Circuit", CIRCUIT)
    screen.fill("Points", "theta=0:2pi:40")
    screen.fill("Observables", "Z0*Z1", "X0*X1 + 0.5*Z0")
    screen.fill("Target", "emulator:garnet")
    screen.fill("Shots", "500")
    screen.keep("2-form")
    page.get_by_role("button", name="Submit").click()
    screen.shown("scheduled to start")
    (run,) = up.api.runs(deployments={"name": {"any_": ["sweep"]}})
    page.goto(f"{ui}/runs/flow-run/{run['id']}")

    state = page.locator(".state-badge")
    state.get_by_text(re.compile("Running|Completed")).first.wait_for()
    screen.keep("3-running")
    state.get_by_text("Completed").first.wait_for()
    assert up.api.run(run["id"])["name"] == "circuit over theta=0:2pi:40 on emulator:garnet"
    screen.keep("4-completed")
    page.get_by_text("Artifacts", exact=True).first.click()
    screen.shown("result")
    screen.keep("5-artifacts")
    artifacts = {
        found["key"]: f"{ui}/artifacts/artifact/{found['id']}"
        for found in up.api.ask("POST", "/artifacts/filter")
    }

    page.goto(artifacts["values"])
    screen.shown("40 Items")
    assert page.get_by_role("columnheader").all_inner_texts() == [
        "theta", "Z0*Z1", "X0*X1 + 0.5*Z0",
    ]  # fmt: skip
    assert re.fullmatch(r"[+-]\d\.\d{4} ± 0\.\d{4}", page.get_by_role("cell").nth(1).inner_text())
    screen.keep("6-values")

    page.goto(artifacts["result"])
    pictures = screen.pictures()
    assert {"Z0*Z1", "X0*X1 + 0.5*Z0"} <= {name for name, _ in pictures}
    assert all(width > 0 for _, width in pictures)
    screen.shown(f"qrt show {run['id']}")
    screen.keep("7-result", height_px=2100)


def test_a_run_that_cannot_work_says_what_is_wrong_and_what_to_do_in_one_line(
    up: Up, screen: Screen
) -> None:
    asked = {"circuit": CIRCUIT, "points": ["theta=0:pi:3"], "observables": ["Z7"]}
    run_id = up.api.submit("sweep/sweep", parameters=asked)
    ended = up.api.ended(run_id)
    assert ended["state_type"] == "FAILED"
    (said,) = ended["state"]["message"].splitlines()
    assert "Z7" in said
    screen.page.goto(f"{up.api.url.removesuffix('/api')}/runs/flow-run/{run_id}")
    screen.shown(said.rpartition(": ")[2])
    screen.keep("8-failed")
    logs = up.api.ask("POST", "/logs/filter", logs={"flow_run_id": {"any_": [run_id]}})
    assert "Traceback" not in "".join(log["message"] for log in logs)
