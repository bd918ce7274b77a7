"""A container is healthy when its home can be written and its Prefect server answers."""

import socket
from pathlib import Path

import pytest

from deployments.server.health import main


def test_a_home_that_can_be_written_is_enough_without_a_server(
    qrt_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert main() == 1
    assert "not healthy" in capsys.readouterr().err
    qrt_home.mkdir()
    assert main() == 0


def test_a_server_that_does_not_answer_is_told_in_one_line(
    qrt_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    qrt_home.mkdir()
    with socket.socket() as nobody:  # bound, and not listening
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}/api")
        assert main() == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
