"""Credentials in URLs are refused or masked, and never told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.files.url_secrets import check_url, masked
from datasets.home import home
from datasets.lake.stores import open_store
from deployments.cli.main import run
from deployments.cli.terminal import plain
from tasks.backends.braket.faults import translated
from tasks.errors import BadInput, RuntimeFault

CANARY = "wJalrXUtnFEMI-canary"

SECRET_URLS = {
    "QRT_LAKE": [f"s3://AKIA:{CANARY}@bucket/prefix", f"s3://AKIA:{CANARY}/b+c@bucket/prefix",
                 f"s3://{CANARY}@bucket", f"https://AKIA:{CANARY}@bucket",
                 f"s3://bucket/p?endpoint_override=http%3A%2F%2Fme%3A{CANARY}%40host",
                 f"s3://bucket/p?secret_key={CANARY}"],
    "AWS_ENDPOINT_URL": [f"http://me:{CANARY}@127.0.0.1:1", f"http://127.0.0.1:1/?token={CANARY}"],
    "AWS_ENDPOINT_URL_S3": [f"http://me:{CANARY}@127.0.0.1:1"],
    "PREFECT_API_URL": [f"http://me:{CANARY}@127.0.0.1:1/api"],
}  # fmt: skip
CASES = [(name, url) for name, urls in SECRET_URLS.items() for url in urls]
SWEEP = ["sweep", "--circuit", "OPENQASM 3.0; input float a; qubit[1] q; ry(a) q[0];",
         "--points", "a=0:1:2", "--target", "local:sv"]  # fmt: skip
COMMANDS = [SWEEP, ["runs"], ["verify"], ["deploy"], ["up"], ["reconcile"]]


@pytest.mark.parametrize(("name", "url"), CASES)
def test_a_url_with_credentials_is_refused_without_them(name: str, url: str) -> None:
    with pytest.raises(BadInput, match=name) as caught:
        home({name: url})
    assert CANARY not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("setting", CASES, ids=lambda setting: setting[0])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_command_says_and_keeps_nothing_of_them(
    setting: tuple[str, str],
    command: list[str],
    qrt_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name, url = setting
    monkeypatch.setenv(name, url)
    assert run(command) == 2
    said = capsys.readouterr()
    assert CANARY not in said.out + said.err
    assert name in said.err
    kept = [path for path in qrt_home.rglob("*") if path.is_file()]
    assert not any(CANARY.encode() in path.read_bytes() for path in kept)


def test_a_lake_s_own_uri_is_looked_at_too() -> None:
    with pytest.raises(BadInput) as caught:
        open_store(f"s3://AKIA:{CANARY}@bucket")
    assert CANARY not in str(caught.value)


WORDS = st.text(st.characters(codec="ascii", categories=["L", "N"], include_characters="-._~+"),
                min_size=8, max_size=20)  # fmt: skip


@given(
    user=WORDS,
    password=WORDS,
    host=WORDS,
    before=st.sampled_from(["", "see (", "'", "a b "]),
    scheme=st.sampled_from(["http", "https", "s3", "postgresql+psycopg", "socks5h"]),
)
def test_whatever_is_told_has_no_password_and_still_says_where(
    scheme: str, user: str, password: str, host: str, before: str
) -> None:
    text = f"{before}{scheme}://{user}:{password}x@{host}/path"
    assert masked(text) == f"{before}{scheme}://***@{host}/path"
    assert f"{password}x" not in plain(text) or f"{password}x" in f"{host}/path{before}"
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    "text",
    ["http://127.0.0.1:4200/api", "s3://bucket/prefix?region=eu-west-2", "a@b.example", "x://y",
     "https://docs.example/@user", "OPENQASM 3.0; qubit[1] q;", "postgresql://host/db"],
)  # fmt: skip
def test_what_holds_none_stays(text: str) -> None:
    assert masked(text) == text
    check_url(text, name="x", instead="y")


def test_a_proxy_s_password_is_in_no_fault() -> None:
    from botocore.exceptions import EndpointConnectionError, ProxyConnectionError

    url = f"http://me:{CANARY}@127.0.0.1:1"
    for error in (
        ProxyConnectionError(proxy_url=url, error=f"Cannot reach {url}"),
        EndpointConnectionError(endpoint_url=url, error=url),
    ):
        with pytest.raises(RuntimeFault) as caught, translated("SearchDevices"):
            raise error
        assert CANARY not in str(caught.value)
        assert CANARY not in repr(caught.value)


@pytest.mark.parametrize("command", COMMANDS[:3], ids=lambda command: command[0])
def test_the_journal_s_password_is_told_nowhere(
    command: list[str],
    qrt_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("QRT_JOURNAL_URL", f"postgresql://me:{CANARY}@127.0.0.1:1/db?user=me")
    assert run(command) != 0
    said = capsys.readouterr()
    assert CANARY not in said.out + said.err
    kept = [path for path in qrt_home.rglob("*") if path.is_file()]
    assert not any(CANARY.encode() in path.read_bytes() for path in kept)
