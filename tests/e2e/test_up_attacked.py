"""`qrt up` as others reach it: pages of other origins, other users, whoever has no password."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.prefect_api import Api
from tests.e2e.test_private_homes import wide
from tests.e2e.test_up import SWEEP
from tests.e2e.up_process import Up, start

pytestmark = [pytest.mark.e2e, pytest.mark.long]

SECRET = "wJalrXUtnFEMI-recognisable-K7MDENG"  # noqa: S105 - of nobody
EVIL = "http://evil.example"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """Start one, with an account that has a secret."""
    found = start(tmp_path_factory.mktemp("attacked") / "home")
    keep_a_secret(found)
    yield found
    assert found.stop() == 0


def keep_a_secret(up: Up) -> None:
    """Save an account's block, as its form does."""
    kind = up.api.ask("GET", "/block_types/slug/qrt-braket-account")
    wanted = {"block_schemas": {"block_type_id": {"any_": [kind["id"]]}}}
    (schema,) = up.api.ask("POST", "/block_schemas/filter", **wanted)
    up.api.ask(
        "POST",
        "/block_documents/",
        name="hidden",
        data={"access_key_id": "AKIA", "secret_access_key": SECRET},
        block_schema_id=schema["id"],
        block_type_id=kind["id"],
    )


def status(up: Up, method: str, path: str, *, body: Any = None, **headers: str) -> tuple[int, str]:
    """Return the status and the text of any answer; headers have _ for -."""
    request = urllib.request.Request(  # noqa: S310 - http on loopback
        f"{up.api.url.removesuffix('/api')}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


READ_SECRETS = ("/api/block_documents/filter", {"include_secrets": True})


@pytest.mark.parametrize("authorisation", [None, "Basic cXJ0Ondyb25n", "Bearer x", "Basic"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", *READ_SECRETS),
        ("POST", "/api/flow_runs/filter", {}),
        ("GET", "/api/admin/settings", None),
        ("POST", "/api/variables/", {"name": "x", "value": 1}),
        ("GET", "/api/openapi.json", None),
    ],
)
def test_whoever_has_no_password_is_told_nothing_and_changes_nothing(
    up: Up, authorisation: str | None, method: str, path: str, body: Any
) -> None:
    headers = {"Content_Type": "application/json"}
    if authorisation:
        headers["Authorization"] = authorisation
    code, text = status(up, method, path, body=body, **headers)
    assert code == 401
    assert SECRET not in text


def test_nobody_without_it_runs_a_command_through_the_worker(up: Up) -> None:
    marker = up.home / "marker"
    where = f"/deployments/{up.api.deployment('notify/notify')['id']}/create_flow_run"
    asked = {"job_variables": {"command": f"touch {marker}"}}
    before = up.api.ask("POST", "/flow_runs/count")
    code, _ = status(up, "POST", f"/api{where}", body=asked, Content_Type="application/json")
    assert code == 401
    plain = status(up, "POST", f"/api{where}", body=asked, Content_Type="text/plain", Origin=EVIL)
    assert plain[0] == 403
    assert up.api.ask("POST", "/flow_runs/count") == before
    assert not marker.exists()


@pytest.mark.parametrize("origin", [EVIL, "null", "http://127.0.0.1:8888", "http://localhost:1"])
def test_a_page_of_another_origin_may_not_even_ask(up: Up, origin: str) -> None:
    wanted = {"Access_Control_Request_Method": "POST"}
    code, text = status(up, "OPTIONS", "/api/flow_runs/filter", Origin=origin, **wanted)
    assert code == 403
    assert "allow" not in text
    knows = {"Authorization": authorisation(up.api)}
    assert status(up, "POST", READ_SECRETS[0], body={}, Origin=origin, **knows)[0] == 403


def authorisation(api: Api) -> str:
    import base64

    return f"Basic {base64.b64encode(api.auth.encode()).decode()}"


def test_its_own_page_may_ask(up: Up) -> None:
    port = urlsplit(up.api.url).port
    for name in ("127.0.0.1", "localhost"):
        own = f"http://{name}:{port}"
        wanted = {"Access_Control_Request_Method": "POST"}
        assert status(up, "OPTIONS", "/api/flow_runs/filter", Origin=own, **wanted)[0] == 200
        code, _ = status(
            up, "POST", "/api/flow_runs/filter", body={}, Origin=own,
            Content_Type="application/json", Authorization=authorisation(up.api),
        )  # fmt: skip
        assert code == 200


@pytest.mark.parametrize("path", ["/", "/api/health", "/api/flow_runs/count"])
def test_a_name_that_was_made_to_mean_this_machine_is_refused(up: Up, path: str) -> None:
    port = urlsplit(up.api.url).port
    for host in (f"evil.example:{port}", "evil.example", f"127.0.0.1.evil.example:{port}"):
        code, text = status(up, "GET", path, Host=host)
        assert 400 <= code < 500
        assert "QRT_ALLOWED_HOSTS" in text


def test_who_has_the_password_works_and_reads_what_it_saved(up: Up) -> None:
    found = up.api.ask("POST", "/block_documents/filter", include_secrets=True)
    assert SECRET in json.dumps(found)
    assert SECRET not in json.dumps(up.api.ask("POST", "/block_documents/filter"))
    ended = up.api.ended(up.api.submit("sweep/sweep", parameters=SWEEP))
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]
    ran = up.qrt("sweep", "--circuit", SWEEP["circuit"], "--points", "a=0:pi:3", "--json")
    assert ran.returncode == 0, ran.stderr
    assert up.api.run(json.loads(ran.stdout)["run_id"])["state_type"] == "COMPLETED"


@pytest.mark.parametrize("circuit", ["/etc/passwd", "/dev/zero", "../auth", "~/x", "auth"])
def test_a_form_reaches_no_file_but_those_that_the_operator_allowed(up: Up, circuit: str) -> None:
    ended = up.api.ended(up.api.submit("sweep/sweep", parameters=SWEEP | {"circuit": circuit}))
    assert ended["state_type"] == "FAILED"
    (line,) = ended["state"]["message"].splitlines()
    assert "QRT_INPUTS" in line or "No such file" in line


def test_a_form_may_name_a_file_of_the_home_s_inputs(up: Up) -> None:
    ours = up.home / "inputs" / "turn.qasm"
    ours.touch(mode=0o600)
    ours.write_text(SWEEP["circuit"])
    ended = up.api.ended(up.api.submit("sweep/sweep", parameters=SWEEP | {"circuit": "turn.qasm"}))
    assert ended["state_type"] == "COMPLETED", ended["state"]["message"]


def test_the_password_is_nowhere_but_in_its_file(up: Up) -> None:
    word = up.api.auth.partition(":")[2]
    kept = [path for path in up.home.rglob("*") if path.is_file()]
    assert [path.name for path in kept if word.encode() in path.read_bytes()] == ["auth"]
    told = [up.api.ask("POST", f"/{kind}/filter") for kind in ("logs", "artifacts", "flow_runs")]
    assert word not in json.dumps(told)
    assert word not in json.dumps(up.api.ask("GET", "/admin/settings"))


def test_all_that_it_keeps_is_its_user_s_alone(up: Up) -> None:
    assert wide(up.home) == {}
