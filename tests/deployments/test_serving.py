"""Servers that are not there, ports that are taken, homes that are served."""

import json
import os
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from datasets.home import Home
from deployments.cli.main import run
from deployments.register.changes import Change, Outcome, sentence
from deployments.register.manifest import read
from deployments.server.address import healthy, listening
from deployments.server.ephemeral import home_server, profile_in_force
from deployments.server.lease import serve_home, serving
from tasks.errors import BadInput


class Answer(BaseHTTPRequestHandler):
    """Answers each request with the status and body of its server."""

    status, body = 200, b"0"

    def do_POST(self) -> None:
        """Answer."""
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def do_GET(self) -> None:
        """Be healthy."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def answering() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), type("Answers", (Answer,), {}))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def line_of_deploy(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> str:
    monkeypatch.setenv("PREFECT_API_URL", url)
    assert run(["deploy"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/api", "nonsense", "http://"])
def test_a_server_that_does_not_answer_is_one_line(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, qrt_home: Path
) -> None:
    assert not qrt_home.exists()
    line = line_of_deploy(url, capsys, monkeypatch)
    assert url in line
    assert "qrt up" in line


@pytest.mark.usefixtures("qrt_home")
@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b"", "PREFECT_API_AUTH_STRING"),
        (404, b"", "answers 404"),
        (200, b"{}", "answers 200"),
    ],
)
def test_a_server_that_is_no_use_is_one_line(
    *,
    status: int,
    body: bytes,
    said: str,
    answering: HTTPServer,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handler = answering.RequestHandlerClass
    handler.status, handler.body = status, body  # type: ignore[attr-defined]
    url = f"http://127.0.0.1:{answering.server_port}/api"
    assert said in line_of_deploy(url, capsys, monkeypatch)


@pytest.mark.usefixtures("qrt_home")
def test_without_any_server_deploy_says_how_to_get_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert run(["deploy"]) == 2
    assert "qrt up" in capsys.readouterr().err


@pytest.mark.usefixtures("qrt_home")
def test_up_beside_another_server_s_address_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://elsewhere/api")
    assert run(["up"]) == 2
    assert "http://elsewhere/api" in capsys.readouterr().err


def test_a_port_that_somebody_listens_on_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(BadInput, match="--port"):
            listening(taken.getsockname()[1])


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - it cannot be had
def test_a_port_that_is_ours_before_the_server_starts_is_nobody_else_s(address: str) -> None:
    with listening() as ours, socket.socket() as other:
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            other.setsockopt(socket.SOL_SOCKET, option, 1)
        with pytest.raises(OSError, match="in use"):
            other.bind((address, ours.getsockname()[1]))


def test_nobody_serves_a_home_until_somebody_does_and_then_no_second_one(tmp_path: Path) -> None:
    home, url = Home(tmp_path), "http://127.0.0.1:4200/api"
    assert serving(home) is None
    with serve_home(home) as announce:
        assert serving(home) is None
        announce(url)
        found = serving(home)
        assert found is not None
        assert (found.pid, found.url, found.ui) == (os.getpid(), url, url.removesuffix("/api"))
        with pytest.raises(BadInput, match="4200"), serve_home(home):
            pass
    assert serving(home) is None


def test_what_a_killed_server_left_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "prefect").mkdir()
    left = {"pid": os.getpid(), "url": "http://127.0.0.1:4200/api"}
    (tmp_path / "prefect" / "serving.json").write_text(json.dumps(left))
    assert serving(Home(tmp_path)) is None


def test_an_address_that_is_none_is_not_healthy() -> None:
    assert not healthy("nonsense")
    assert not healthy("http://127.0.0.1:1/api")


def test_registering_says_what_is_new_and_what_has_changed() -> None:
    same = Change("deployment", "a", Outcome.SAME)
    new, changed = Change("deployment", "b", Outcome.NEW), Change("block", "c", Outcome.CHANGED)
    assert sentence([same]) == "1 deployment: nothing changes"
    assert sentence([same, new, changed]) == "2 deployments, 1 block: 1 new, 1 changed"


def test_a_manifest_that_cannot_be_read_says_which(tmp_path: Path) -> None:
    wrong = tmp_path / "prefect.yaml"
    for text in ("", "definitions: {}", "a: [", "\ud800".encode("utf-8", "surrogatepass")):
        wrong.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(BadInput, match=str(wrong)):
            read.__wrapped__(wrong)


def test_the_release_of_every_deployment_is_the_project_s() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert {deployment["version"] for deployment in read().deployments} == {project["version"]}


@pytest.mark.parametrize(
    "content",
    [b"active = 'x'\n[profiles]\nx = 3\n", b"active = []\n", b"profiles = 1\n", b"\xff", b"["],
)
def test_a_profile_of_prefect_that_makes_no_sense_names_no_server(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "profiles.toml").write_bytes(content)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    assert profile_in_force() == {}


@pytest.mark.parametrize(
    ("word", "remedy"),
    [("", "auth has changed since"), ("me:other", "Set PREFECT_API_AUTH_STRING")],
)
def test_a_password_that_is_not_that_of_the_home_s_server_is_refused_in_one_line(
    word: str,
    remedy: str,
    answering: HTTPServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answering.RequestHandlerClass.status = 401  # type: ignore[attr-defined]
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.delenv("PREFECT_SERVER_API_AUTH_STRING", raising=False)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", word)
    home = Home(tmp_path)
    with serve_home(home) as announce:
        announce(f"http://127.0.0.1:{answering.server_port}/api")
        server = home_server(home)
        assert server is not None
        with pytest.raises(BadInput, match=remedy) as caught:
            server.ready()
    assert "\n" not in str(caught.value)
