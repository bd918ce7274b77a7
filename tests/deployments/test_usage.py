"""What the command line says of itself, and of words that it cannot read."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deployments.cli.main import app, run
from deployments.cli.options import as_count, as_usd
from tasks.core.text.amounts import at_most, counted, exact_usd, usd
from tasks.errors import BadInput


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("group", [(), ("quote",), ("devices",)])
def test_a_group_alone_prints_its_help_in_lines(
    group: tuple[str, ...], qrt_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del qrt_home
    _, out, err = said(capsys, *group)
    assert out.startswith("Usage: qrt") or group == ("devices",)
    assert out.count("\n") > 5
    assert err == ""


def test_every_command_has_help_of_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    names = [command.name or command.callback.__name__ for command in app.registered_commands]  # type: ignore[union-attr]
    for path in [[name] for name in names] + [["quote", "sweep"], ["devices", "show"]]:
        for option in ("--help", "-h"):
            code, out, err = said(capsys, *path, option)
            assert (code, err) == (0, ""), path
            assert out.startswith(f"Usage: qrt {' '.join(path)}"), path
            assert max(map(len, out.splitlines())) <= 80, path


@pytest.mark.parametrize("group", [(), ("quote",), ("devices",)])
def test_lists_of_commands_say_all_that_each_does(
    group: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = said(capsys, *group, "--help")
    assert max(map(len, out.splitlines())) <= 80
    listed = out.partition("Commands:\n")[2]
    for line in re.split(r"\n(?=  \S)", listed.rstrip()):
        name, what = " ".join(line.split()).split(" ", 1)
        assert what.endswith((".", '."')), name
        assert "..." not in what, name


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = said(capsys, "--version")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"qrt \d+\.\d+\.\d+\n", out)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("verifi",),
            "No such command 'verifi'. Did you mean 'verify'? `qrt --help` lists what there is.",
        ),
        (
            ("vqe", "--shotz", "3"),
            "No such option: --shotz. Did you mean --shots? `qrt vqe --help` lists what there is.",
        ),
        (
            ("quote", "vqe", "--iterations", "many"),
            "`qrt quote vqe --help` lists what there is.",
        ),
        (("sweep",), "Missing option '--circuit'. `qrt sweep --help` lists what there is."),
        (("query", "select", "README.md", "from", "runs"), "Quote the SQL"),
        (("vqe", "--shots", "1.5"), "'1.5' is no whole number"),
        (("vqe", "--max-usd", "nan"), "--max-usd 'nan' is no amount"),
    ],
)
def test_a_mistake_gets_one_line_that_leads_to_the_right_help(
    arguments: tuple[str, ...], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = said(capsys, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert line in err
    assert "?." not in err


def test_shells_complete_commands(qrt_home: Path) -> None:
    program = "from deployments.cli.entry import main; main()"
    asked = {"_QRT_COMPLETE": "complete_bash", "COMP_WORDS": "qrt sw", "COMP_CWORD": "1"}
    found = subprocess.run(
        [sys.executable, "-c", program],
        env={"QRT_HOME": str(qrt_home), "PATH": "/usr/bin"} | asked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout.split() == ["sweep"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("1000", 1000), ("1,000", 1000), ("1_000", 1000), ("1e4", 10_000), ("2.5e3", 2500)],
)
def test_whole_numbers_are_read_as_people_write_them(text: str, number: int) -> None:
    assert as_count(text) == number


@pytest.mark.parametrize("text", ["1.5", "1e-3", "nan", "1,00", "1e400", "", "ten", "١٢"])
def test_other_words_are_no_whole_numbers(text: str) -> None:
    with pytest.raises(BadInput, match="whole number"):
        as_count(text)


@pytest.mark.parametrize(
    "text", ["nan", "inf", "-1", "1e400", "1e-7", "0.0000001", "100000001", "", "$5", "1,00", "."]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="no amount"):
        as_usd(text, option="--max-usd")


def test_amounts_are_read_exactly() -> None:
    texts = ("0", "0.1", "1e3", "1,000.50", ".5", "99999999.999999")
    assert [exact_usd(found) for text in texts if (found := as_usd(text, option="x"))] == [
        "0.10", "1,000.00", "1,000.50", "0.50", "99,999,999.999999",
    ]  # fmt: skip
    assert as_usd(None, option="x") is None


def test_counts_and_money_are_written_in_one_way() -> None:
    assert (counted(1, "task"), counted(2000, "task"), counted(0, "task")) == (
        "1 task",
        "2,000 tasks",
        "0 tasks",
    )
    assert (usd(29028.84), at_most(29028.841), usd(0)) == ("29,028.84", "29,028.85", "0.00")


@pytest.mark.parametrize(
    ("stands", "weaker"),
    [("quarantine", "degrade"), ("quarantine", "maintenance"), ("maintenance", "degrade")],
)
def test_a_device_is_not_let_go_by_saying_less_of_it(
    stands: str, weaker: str, qrt_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del qrt_home
    assert said(capsys, "devices", stands, "garnet", "--reason", "drifting")[0] == 0
    code, _, err = said(capsys, "devices", weaker, "garnet", "--reason", "a little")
    assert code == 2
    assert "drifting. That stands" in err
    assert "qrt devices restore emulator:garnet" in err
    audit = said(capsys, "devices", "audit")[1]
    assert audit.count("\n") == 1
    assert said(capsys, "devices", "restore", "garnet", "--reason", "mended")[0] == 0
    assert said(capsys, "devices", weaker, "garnet", "--reason", "a little")[0] == 0
    assert said(capsys, "devices", stands, "garnet", "--reason", "more")[0] == 0


def test_a_statement_that_has_run_out_stands_in_nobodys_way(
    qrt_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del qrt_home
    year = datetime.now(UTC).year + 1
    until = ("--until", f"{year}-01-01")
    assert said(capsys, "devices", "quarantine", "garnet", "--reason", "x", *until)[0] == 0
    assert said(capsys, "devices", "degrade", "emerald", "--reason", "y")[0] == 0


def test_a_device_by_its_short_name_is_its_emulator(
    qrt_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del qrt_home
    circuit = tmp_path / "wide.qasm"
    circuit.write_text("OPENQASM 3.0; qubit[30] q; h q;")
    code, _, err = said(capsys, "batch", "--circuit", str(circuit), "--target", "garnet")
    assert code == 2
    assert "emulator:garnet has 20" in err
