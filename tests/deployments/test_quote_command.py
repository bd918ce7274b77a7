"""`qrt quote` prices every flow's own command without running it; bad input gets one line."""

import json
from pathlib import Path
from typing import Any

import pytest

from deployments.cli.main import run

pytestmark = pytest.mark.slow

CIRCUIT = """OPENQASM 3.0;
input float theta;
qubit[2] q;
rx(theta) q[0];
cnot q[0], q[1];
"""
SQL = """SELECT sum(usd) AS usd, sum(at_most_usd) AS most, count(*) AS n FROM quotes
    WHERE chosen AND run_id IS NULL"""


@pytest.fixture
def sweep(tmp_path: Path, qrt_home: Path) -> tuple[str, ...]:
    del qrt_home
    path = tmp_path / "pair.qasm"
    path.write_text(CIRCUIT)
    return ("sweep", "--circuit", str(path), "--points", "theta=0:3:150", "--shots", "50")


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run([*arguments, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def test_a_sweep_is_quoted_item_by_item_on_every_device_and_stored(
    sweep: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "quote", *sweep, "--target", "emulator:garnet")
    assert (told["cost_usd"], told["tasks"], told["shots"]) == (11.475, 2, 7500)
    assert sum(item["usd"] for item in told["items"]) == pytest.approx(told["cost_usd"])
    others = {each["target"]: each["cost_usd"] for each in told["alternatives"]}
    assert others == {"emulator:cepheus": 3.7875, "emulator:emerald": 12.6}
    assert [each["target"] for each in told["rejected"]] == ["emulator:forte-enterprise"]
    assert told["result_low_s"] <= told["result_s"] <= told["result_high_s"]
    assert answer(capsys, "quote", *sweep, "--target", "emulator:garnet") == told
    (stored,) = answer(capsys, "query", SQL)
    assert (stored["usd"], stored["most"]) == (11.475, 11.475)
    assert answer(capsys, "runs") == []


def test_the_table_is_at_most_80_columns_wide(
    sweep: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["quote", *sweep, "--target", "auto:cheapest"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("* emulator:cepheus") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("vqe", "--problem", "caffeine"), "Unknown problem"),
        (("vqe", "--shots", "1"), "--shots 1 is too few"),
        (("sweep", "--circuit", "absent.qasm"), "absent.qasm"),
        (("canary", "--target", "local:sv"), "Choose a device to check"),
        (("canary", "--target", "emulator:willow"), "emulator:garnet"),
        (("qaoa", "--graph", "star:4"), "Unknown graph"),
        (("reconcile",), "reconcile"),
    ],
)
def test_what_cannot_run_is_not_quoted(
    arguments: tuple[str, ...], said: str, qrt_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del qrt_home
    assert run(["quote", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert said in err


def test_a_missing_price_is_named_with_its_device_and_its_place(
    sweep: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from datasets.devices.catalogue import resolve
    from datasets.devices.document import write_snapshot

    text = json.loads(write_snapshot(resolve("emulator:garnet")))
    del text["calibration_id"]
    free = dict.fromkeys(("usd_per_task", "usd_per_shot", "usd_per_minute"), "0")
    path = tmp_path / "gratis.json"
    path.write_text(json.dumps(text | {"prices": text["prices"] | free}))
    assert run(["quote", *sweep, "--target", f"emulator:{path}"]) == 2
    err = capsys.readouterr().err
    assert "Garnet has neither usd_per_task nor usd_per_shot" in err
    assert "datasets/devices/prices.json" in err
    assert err.count("\n") == 1


def test_a_quote_from_python_is_that_of_the_command(
    sweep: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    from deployments.notebook import quote

    told = answer(capsys, "quote", *sweep, "--target", "emulator:garnet")
    found = quote(CIRCUIT, points="theta=0:3:150", shots=50, target="emulator:garnet")
    assert found.cost_usd == told["cost_usd"]
    assert found.table()["target"].tolist()[0] == "emulator:garnet"
    assert found.items()["usd"].sum() == pytest.approx(found.cost_usd)
