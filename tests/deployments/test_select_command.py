"""`qrt select` says which device, why, and what excluded the others; bad input gets one line."""

import json
import math
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from datasets.devices.catalogue import resolve
from datasets.devices.document import write_snapshot
from datasets.lake.lake import Lake
from deployments.cli.main import run

pytestmark = pytest.mark.slow

GHZ = """OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
bit[4] c;
h q[0];
cx q[0], q[1];
cx q[1], q[2];
cx q[2], q[3];
c = measure q;
"""


def _ghz(n_qubits: int) -> str:
    chain = "".join(f"cx q[{low}], q[{low + 1}];\n" for low in range(n_qubits - 1))
    declared = f"qubit[{n_qubits}] q;\nbit[{n_qubits}] c;\nh q[0];\n"
    return f'OPENQASM 3.0;\ninclude "stdgates.inc";\n{declared}{chain}c = measure q;\n'


TARGETS = ("--target", "emulator:garnet", "--target", "emulator:cepheus")


@pytest.fixture
def ghz(tmp_path: Path, qrt_home: Path) -> str:
    """Return the path of a circuit, for a home of its own."""
    del qrt_home
    path = tmp_path / "ghz.qasm"
    path.write_text(GHZ)
    return str(path)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert run(["select", *arguments, "--json"]) == code
    out, err = capsys.readouterr()
    assert err == ""
    return json.loads(out)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["select", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


def test_the_answer_has_the_choice_its_candidates_and_the_rejected_with_reasons(
    ghz: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer(capsys, "--circuit", ghz, "--shots", "50", "--policy", "balanced")
    assert found["target"] == found["candidates"][0]["target"] == "emulator:garnet"
    assert found["score"] == found["candidates"][0]["score"] <= 0
    assert found["reason"].startswith("emulator:garnet is the best by balanced weights")
    assert found["candidates"][0]["usd"] == pytest.approx(0.30 + 50 * 0.00145)
    (rejected,) = found["rejected"]
    assert rejected["target"] == "emulator:forte-enterprise"
    assert rejected["reason"].startswith("a circuit takes at least 100 shots there, and 50 are")
    again = answer(capsys, "--circuit", ghz, "--shots", "50", "--policy", "balanced")
    assert again == found


def test_an_emulator_of_12_qubits_is_ranked_for_a_larger_circuit_but_never_as_one_that_runs(
    ghz: str, capsys: pytest.CaptureFixture[str]
) -> None:
    larger = Path(ghz).with_name("larger.qasm")
    larger.write_text(_ghz(13))
    found = answer(capsys, "--circuit", str(larger), *TARGETS)
    assert not found["runnable"]
    assert not any(each["runnable"] for each in found["candidates"])
    why = "is simulated here with up to 12 qubits; the circuit needs 13"
    assert all(each["unrun"].endswith(why) for each in found["candidates"])
    assert f"No run can go to {found['target']}, which stands for its device:" in found["reason"]
    assert run(["select", "--circuit", str(larger), *TARGETS]) == 0
    table = capsys.readouterr().out
    assert max(map(len, table.splitlines())) <= 80
    assert " ".join(table.split()).count(why) == len(found["candidates"])
    beside = answer(capsys, "--circuit", str(larger), *TARGETS, "--target", "local:sv")
    assert (beside["target"], beside["runnable"]) == ("local:sv", True)


def test_what_is_said_to_run_does(ghz: str, capsys: pytest.CaptureFixture[str]) -> None:
    for n_qubits in (12, 13):
        path = Path(ghz).with_name(f"ghz-{n_qubits}.qasm")
        path.write_text(_ghz(n_qubits))
        for each in answer(capsys, "--circuit", str(path), *TARGETS)["candidates"]:
            quoted = run(["quote", "sweep", "--circuit", str(path), "--target", each["target"]])
            assert (quoted == 0) is each["runnable"]
            capsys.readouterr()


def test_the_choice_is_stored_once_with_every_candidate(
    ghz: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        answer(capsys, "--circuit", ghz, *TARGETS, "--max-usd", "1")
    sql = """SELECT target, rank, chosen, score ->> 'predicted_fidelity' AS f
        FROM selections ORDER BY target"""
    assert run(["query", sql, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["target"], row["rank"], row["chosen"]) for row in rows] == [
        ("emulator:cepheus", 1, True),
        ("emulator:garnet", None, False),
    ]
    assert float(rows[0]["f"]) > 0.8


def test_a_choice_that_is_degraded_is_named_where_another_comes_next(
    ghz: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for target in TARGETS[1::2]:
        assert run(["devices", "degrade", target, "--reason", f"{target} wavers"]) == 0
    capsys.readouterr()
    found = answer(capsys, "--circuit", ghz, *TARGETS)
    chosen = found["target"]
    assert f"{chosen} is degraded: {chosen} wavers." in found["reason"]


def test_a_calibration_of_the_future_is_told_of(
    ghz: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ahead = replace(resolve("emulator:garnet"), published_at=datetime(2099, 5, 5, tzinfo=UTC))
    path = tmp_path / "ahead.json"
    text = json.loads(write_snapshot(ahead))
    del text["calibration_id"]
    path.write_text(json.dumps(text))
    said = answer(capsys, "--circuit", ghz, "--target", f"emulator:{path}")["reason"]
    assert "in the future, so that one clock is wrong" in said


def test_the_table_is_at_most_80_columns_wide(ghz: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["select", "--circuit", ghz, "--shots", "50"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("* emulator:garnet")


def test_each_circuit_of_a_folder_gets_its_own_choice(
    ghz: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "circuits"
    folder.mkdir()
    (folder / "a.qasm").write_text(GHZ)
    (folder / "b.qasm").write_text(GHZ.replace("[4]", "[30]"))
    found = answer(capsys, "--circuit", str(folder), "--circuit", ghz, *TARGETS, "--shots", "100")
    assert [each["circuit"] for each in found] == ["a", "b", "ghz"]
    assert found[0] | {"circuit": "ghz"} == found[2]
    assert [each["target"] for each in found[1]["rejected"]] == ["emulator:garnet"]


def test_a_policy_that_nothing_satisfies_says_what_excluded_each_device(
    ghz: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refused(capsys, "--circuit", ghz, *TARGETS, "--min-fidelity", "0.99")
    assert line.startswith("No device satisfies the policy balanced: emulator:cepheus: the pred")
    said = (
        r"emulator:garnet: the predicted fidelity is (0\.\d+) \(lowered from 0\.909: calibration "
    )
    told = re.search(said + r"\d+ d old\), and the floor is 0\.99", line)
    assert told
    assert float(told[1]) < 0.909


def test_a_device_without_calibration_or_price_is_rejected_in_words(
    ghz: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = json.loads(write_snapshot(resolve("emulator:garnet")))
    del text["calibration_id"]
    bare = tmp_path / "bare.json"
    bare.write_text(json.dumps(text | {"pairs": []}))
    gratis = tmp_path / "gratis.json"
    free = dict.fromkeys(("usd_per_task", "usd_per_shot", "usd_per_minute"), "0")
    gratis.write_text(json.dumps(text | {"prices": text["prices"] | free}))
    named = [f"emulator:{path}" for path in (bare, gratis)]
    line = refused(capsys, "--circuit", ghz, "--target", named[0], "--target", named[1])
    assert f"{named[0]}: it has no calibrated two-qubit gate" in line
    assert f"{named[1]}: its price is not known here" in line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--policy", "cheapish"), "cheapest, best, fastest, balanced"),
        (("--policy", "fidelity=2,speed=1"), "'speed=1' is not a weight"),
        (("--policy", "best:cheap"), "A price cap is in USD"),
        (("--min-fidelity", "1.5"), "A fidelity floor is 0 to 1"),
        (("--max-usd", "-1"), "not negative"),
        (("--deadline", "soon"), "Write 90s, 30m, 2h or 1d"),
        (("--mitigate", "pec"), "none, readout, zne"),
        (("--target", "emulator:willow"), "emulator:garnet"),
        (("--target", "auto"), "is a choice itself"),
        (("--target", "emulator:garnet", "--account"), "Give one"),
        (("--circuit", "absent.qasm"), "absent.qasm"),
        (("--shots", "0"), "'--shots'"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(
    options: tuple[str, ...], said: str, ghz: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in refused(capsys, "--circuit", ghz, *options)


def test_a_folder_without_circuits_is_refused(
    ghz: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    del ghz
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "There is no circuit" in refused(capsys, "--circuit", str(empty))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--target", "auto:cheapish"), "cheapest, best, fastest, balanced"),
        (("--target", "auto:best", "--shots", "10", "--tag", "a=b"), "--tag is for Braket devices"),
        (("--target", "auto", "--reservation", "arn:x"), "Name the device"),
    ],
)
def test_a_run_whose_device_cannot_be_chosen_is_refused_before_it_begins(
    options: tuple[str, ...], said: str, ghz: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["sweep", "--circuit", ghz, *options]) == 2
    assert said in capsys.readouterr().err


QFT = """OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q; bit[4] c;
h q[0]; cp(pi/2) q[1], q[0]; cp(pi/4) q[2], q[0]; cp(pi/8) q[3], q[0];
h q[1]; cp(pi/2) q[2], q[1]; cp(pi/4) q[3], q[1];
h q[2]; cp(pi/2) q[3], q[2];
h q[3];
swap q[0], q[3]; swap q[1], q[2];
c = measure q;
"""


def test_an_old_promise_is_not_chosen_for_its_price(
    tmp_path: Path, ghz: str, capsys: pytest.CaptureFixture[str]
) -> None:
    del ghz
    path = tmp_path / "qft.qasm"
    path.write_text(QFT)
    found = answer(capsys, "--circuit", str(path), "--policy", "balanced")
    by_target = {each["target"]: each for each in found["candidates"]}
    cepheus = by_target["emulator:cepheus"]
    assert found["target"] != "emulator:cepheus"
    assert cepheus["predicted_fidelity"] > 0.65
    assert cepheus["fidelity"] < 0.5
    assert cepheus["usd"] < by_target[found["target"]]["usd"]
    assert re.search(r"\(lowered from 0\.\d+: calibration \d+ d old\)", found["reason"])


def test_canaries_weigh_as_much_as_they_measured(
    ghz: str, capsys: pytest.CaptureFixture[str], qrt_home: Path
) -> None:
    before = answer(capsys, "--circuit", ghz, *TARGETS)
    (garnet,) = (one for one in before["candidates"] if one["target"] == "emulator:garnet")
    now = datetime.now(UTC)
    same = {"target": "emulator:garnet", "calibration_id": garnet["calibration_id"], "at": now}
    told = {"run_id": None, "circuit": "ghz-5", "score": 0.45, "baseline": 0.9, "p_value": 0.0}
    Lake(qrt_home / "lake", qrt_home / "quarantine").land_all(
        {"canaries": [(("a" * 32,), [same | told | {"passed": False}])]}, run_id="a" * 32
    )
    after = answer(capsys, "--circuit", ghz, *TARGETS)
    (garnet,) = (one for one in after["candidates"] if one["target"] == "emulator:garnet")
    factor = math.log(0.45) / math.log(0.9)
    assert garnet["canary_factor"] == pytest.approx(factor)
    assert garnet["age_factor"] == 1.0  # they say how it is now
    assert garnet["fidelity"] == pytest.approx(garnet["predicted_fidelity"] ** factor)
    line = refused(capsys, "--circuit", ghz, *TARGETS, "--min-fidelity", "0.95")
    assert "canaries at 0.5 of predicted" in line
