"""A home has one password, which nobody else can read."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from datasets.home import Home
from deployments.server.ephemeral import home_server
from deployments.server.lease import serve_home
from deployments.server.password import auth_file, password_of, password_to_ask
from tasks.errors import BadInput

URL = "http://127.0.0.1:4200/api"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING", "PREFECT_SERVER_API_AUTH_STRING"):
        monkeypatch.delenv(name, raising=False)
    return Home(tmp_path / "home")


def test_it_is_made_once_and_is_the_owner_s_alone(home: Home) -> None:
    first = password_of(home)
    user, _, secret = first.partition(":")
    assert user == "qrt"
    assert len(secret) >= 32
    assert password_of(home) == first == auth_file(home).read_text()
    assert stat.S_IMODE(auth_file(home).stat().st_mode) == 0o600
    assert password_of(Home(home.root.parent / "other")) != first


def test_all_who_make_it_at_once_have_the_same(home: Home) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: password_of(home), range(32)))) == 1


@pytest.mark.parametrize(
    "text", ["", "nocolon", ":secret", "user:", "a:b\nc:d", "ü:secret", f"u:{'secret' * 200}"]
)
def test_a_file_that_holds_none_is_refused_in_one_line(home: Home, text: str) -> None:
    home.root.mkdir()
    auth_file(home).write_text(text)
    with pytest.raises(BadInput, match="USER:PASSWORD") as caught:
        password_of(home)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_what_the_environment_has_goes_before_and_is_not_kept(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "me:mine")
    assert password_to_ask(home) == "me:mine"
    assert not auth_file(home).exists()
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "hidden-word")
    with pytest.raises(BadInput, match="PREFECT_API_AUTH_STRING") as caught:
        password_to_ask(home)
    assert "hidden-word" not in str(caught.value)


@pytest.mark.parametrize("named", [None, URL, "http://localhost:4200/api"])
def test_commands_of_a_home_find_its_server_with_its_password(
    home: Home, named: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if named:
        monkeypatch.setenv("PREFECT_API_URL", named)
    with serve_home(home) as announce:
        announce(URL)
        found = home_server(home)
        assert found is not None
        settings = {"PREFECT_API_URL": URL, "PREFECT_API_AUTH_STRING": password_of(home)}
        assert dict(found.settings) == settings
    assert home_server(home) is None


def test_another_server_is_never_sent_the_home_s_password(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:4201/api")
    with serve_home(home) as announce:
        announce(URL)
        assert home_server(home) is None


def test_a_server_with_the_operator_s_password_asks_for_it_in_one_line(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "me:mine")
    with serve_home(home) as announce:
        announce(URL)
        found = home_server(home)
        assert found is not None
        assert dict(found.settings) == {"PREFECT_API_URL": URL}
        monkeypatch.delenv("PREFECT_API_AUTH_STRING")
        with pytest.raises(BadInput, match="PREFECT_API_AUTH_STRING"):
            assert found.settings
