"""Names are printed as they are: brackets, emoji and control characters mean nothing."""

import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.progress import Progress

from deployments.cli.main import run
from deployments.cli.progress import Bar, Lines
from deployments.cli.terminal import cell, console, plain, say
from tasks.core.progress.events import Event

HOSTILE = (
    "br[/x].qasm", "[red]x[/red]", "[/]", "[link=http://a]b[/link]", ":warning:", "$a$", "<b>x</b>",
    "a|b`c`", "{0}", "%s", "\\[x]", "\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\u202ex", "a\rb",
)  # fmt: skip
names = st.sampled_from(HOSTILE) | st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_text_is_printed_letter_for_letter(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(name)
    say(name, err=True)
    assert capsys.readouterr() == (f"{plain(name)}\n", f"{plain(name)}\n")


@given(names)
def test_no_control_character_reaches_the_terminal(name: str) -> None:
    shown = plain(name)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
    assert shown == plain(shown)
    if name.isprintable():
        assert shown == name


@given(names)
def test_json_means_the_same_when_it_is_printed(name: str) -> None:
    assert json.loads(plain(json.dumps({name: name}, ensure_ascii=False))) == {name: name}


@given(names.filter(lambda name: "\n" not in name and "\t" not in name))
def test_a_console_prints_names_as_they_are(name: str) -> None:
    screen = console()
    screen.file = io.StringIO()
    screen.width = 400
    screen.print(plain(name), soft_wrap=True)
    assert screen.file.getvalue() == f"{plain(name)}\n"
    assert cell(name).plain == plain(name)


@pytest.mark.parametrize("name", HOSTILE)
def test_progress_names_what_runs_as_it_is(name: str) -> None:
    told = Event("run.starting", {"title": name, "target": name})
    lines: list[str] = []
    Lines(lines.append).hear(told)
    screen = console(err=True)
    screen.file = io.StringIO()
    screen.width = 400
    with Progress(console=screen) as progress:
        Bar(progress).hear(told)
    assert name in lines[0]
    assert plain(name) in screen.file.getvalue()


PATHS = [name for name in HOSTILE if "/" not in name] + ["br[/x].qasm", "[/red]/[x].qasm"]


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("command", ["select", "sweep", "batch"])
@pytest.mark.usefixtures("qrt_home")
def test_a_circuit_of_any_name_is_refused_by_its_name(
    command: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"{name}.qasm"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("OPENQASM 3.0; qubit q; hh q;")
    assert run([command, "--circuit", str(path)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "gate 'hh' is not defined" in told
    last = name.rsplit("/", 1)[-1]
    printable = "".join(each if each.isprintable() else "\0" for each in last).split("\0")
    assert all(piece in told for piece in printable)


@given(name=names)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize(
    "arguments",
    [
        ("quote", "--problem", "{}"), ("vqe", "--target", "{}"), ("qaoa", "--graph", "{}"),
        ("sweep", "--circuit", "{}"), ("sweep", "--circuit", "qubit q;", "--points", "{}"),
        ("batch", "--circuit", "{}"), ("select", "--circuit", "{}"), ("devices", "show", "{}"),
        ("show", "{}"), ("{}",), ("vqe", "{}"), ("vqe", "--{}"), ("vqe", "--shots", "no {}"),
        ("devices", "import", "{}"), ("sweep", "--circuit", "qubit q;", "--observables", "{}"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("qrt_home")
def test_a_hostile_word_is_refused_in_one_line(
    arguments: tuple[str, ...], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run([word.replace("{}", name) for word in arguments])
    out, err = capsys.readouterr()
    assert code in {1, 2}, (out, err)
    assert err.count("\n") == 1, err
    assert "\x1b" not in err
