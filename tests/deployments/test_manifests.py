"""What is applied to a cluster: valid, complete, nothing secret in it, nobody root."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "deployments" / "kubernetes"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
TEMPLATES = {
    name: json.loads((ROOT / "deployments" / name / "job-template.json").read_text())
    for name in ("docker", "kubernetes")
}
KUBERNETES_VERSION = "1.33"
clusters = [
    pytest.mark.cluster,
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec("kubernetes_validate") is None,
        reason="the Kubernetes schemas are in .venv-cluster alone: `make test-cluster`",
    ),
]


def documents() -> list[dict[str, Any]]:
    """Return every object that the kustomization applies."""
    texts = [(FOLDER / name).read_text() for name in KUSTOMIZATION["resources"]]
    return [found for text in texts for found in yaml.safe_load_all(text)]


def pods() -> list[dict[str, Any]]:
    """Return the pod of everything that has one, flow runs among them."""
    job = TEMPLATES["kubernetes"]["job_configuration"]["job_manifest"]
    owners = [found for found in documents() if "template" in found.get("spec", {})]
    return [owner["spec"]["template"]["spec"] for owner in (*owners, job)]


def filled_in(name: str, **asked: Any) -> dict[str, Any]:
    """Return a job as a worker configures it, with what a flow run asks for."""
    from prefect.utilities.templating import apply_values

    shown = TEMPLATES[name]["variables"]["properties"]
    values = {key: one["default"] for key, one in shown.items() if "default" in one}
    made: dict[str, Any] = apply_values(TEMPLATES[name]["job_configuration"], values | asked)
    return made


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod.get("initContainers", ()), *pod["containers"]]


def named(kind: str) -> set[str]:
    return {found["metadata"]["name"] for found in documents() if found["kind"] == kind}


def test_every_file_of_the_folder_is_applied() -> None:
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml"}
    assert files == set(KUSTOMIZATION["resources"])


def test_nobody_is_root_and_everybody_says_what_they_need() -> None:
    assert len(pods()) == 6
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"]
        for container in containers(pod):
            context, resources = container["securityContext"], container["resources"]
            assert not context["allowPrivilegeEscalation"]
            assert context["readOnlyRootFilesystem"]
            for of in ("requests", "limits"):
                assert resources[of].keys() == {"cpu", "memory"}


def test_what_a_pod_names_is_there() -> None:
    claims, accounts = named("PersistentVolumeClaim"), named("ServiceAccount")
    placed = {"{{ service_account_name }}": "quantum-runtime-flow", "default": "default"}
    for pod in pods():
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        claimed = {v["persistentVolumeClaim"]["claimName"] for v in volumes.values()
                   if "persistentVolumeClaim" in v}  # fmt: skip
        account = pod.get("serviceAccountName", "default")
        assert claimed <= claims
        assert placed.get(account, account) in accounts | {"default"}
        for container in containers(pod):
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes.keys()
            told = container.get("envFrom", [])
            assert {source[kind]["name"] for source in told for kind in source} <= {
                "quantum-runtime"
            }


def test_secrets_are_named_and_nowhere_written() -> None:
    assert named("Secret") == set()
    text = "\n".join(path.read_text() for path in FOLDER.iterdir())
    settings = next(found for found in documents() if found["kind"] == "ConfigMap")
    for name in ("QRT_JOURNAL_URL", "PREFECT_SERVER_API_AUTH_STRING", "AWS_SECRET_ACCESS_KEY"):
        assert name not in settings["data"]
        assert f'{name}: "' not in text


def test_the_image_and_the_pool_are_those_of_this_release() -> None:
    version = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"][0]["version"]
    (image,) = KUSTOMIZATION["images"]
    assert image["newTag"] == f"{version}-cluster"
    for template in TEMPLATES.values():
        shown = template["variables"]["properties"]
        assert shown["image"]["default"] == f"quantum-runtime:{version}"
        assert shown["command"]["default"] == "python -m prefect.engine"


def test_the_image_is_nobody_s_root_and_built_from_the_lock() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    stages = [at for at, line in enumerate(lines) if line.startswith("FROM ")]
    last = "\n".join(lines[stages[-1] :])
    assert "USER 10001:10001" in last
    assert "HEALTHCHECK" in last
    assert "\nENTRYPOINT" not in last
    built = "\n".join(lines[: stages[-1]])
    assert "deployments/install.sh" in built  # from locks with hashes: tests/architecture
    assert "uv pip" not in built
    kept = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    copied = {name for line in lines if line.startswith("COPY ") and "--from" not in line
              for name in line.split()[1:-1]}  # fmt: skip
    assert {name.split("/")[0] for name in copied} <= kept
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.slow
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_server_takes_the_job_template(name: str) -> None:
    from jsonschema import Draft202012Validator
    from prefect.server.schemas.actions import WorkPoolCreate

    template = TEMPLATES[name]
    made = WorkPoolCreate(name="quantum-runtime", type=name, base_job_template=template)
    assert made.base_job_template == template
    shown = template["variables"]
    Draft202012Validator.check_schema(shown)
    defaults = {key: one["default"] for key, one in shown["properties"].items() if "default" in one}
    assert list(Draft202012Validator(shown).iter_errors(defaults)) == []


class TestOnAClusterOfThisRelease:
    """Against the schemas of Kubernetes and of Prefect's workers."""

    pytestmark = clusters

    @pytest.mark.parametrize(
        "document", documents(), ids=lambda d: f"{d['kind']}-{d['metadata']['name']}"
    )
    def test_an_object_is_what_kubernetes_takes(self, document: dict[str, Any]) -> None:
        import kubernetes_validate

        assert kubernetes_validate.validate(document, KUBERNETES_VERSION, strict=True) is not False

    def test_a_flow_run_becomes_a_job_that_kubernetes_takes(self) -> None:
        import kubernetes_validate
        from prefect.client.schemas.objects import FlowRun
        from prefect_kubernetes.worker import KubernetesWorkerJobConfiguration

        asked = {"env": {"QRT_TASK_RUNNER": "dask:4"}}
        made = KubernetesWorkerJobConfiguration(**filled_in("kubernetes", **asked))
        made.prepare_for_flow_run(FlowRun(flow_id="00000000-0000-0000-0000-000000000001"))
        (container,) = made.job_manifest["spec"]["template"]["spec"]["containers"]
        assert {"name": "QRT_TASK_RUNNER", "value": "dask:4"} in container["env"]
        assert container["args"] == ["python", "-m", "prefect.engine"]
        assert container["resources"]["requests"] == {"cpu": "1", "memory": "1Gi"}
        kubernetes_validate.validate(made.job_manifest, KUBERNETES_VERSION, strict=True)

    def test_a_flow_run_becomes_a_container(self) -> None:
        from prefect_docker.worker import DockerWorkerJobConfiguration

        made = DockerWorkerJobConfiguration(**filled_in("docker"))
        assert made.command == "python -m prefect.engine"
        assert made.volumes == ["quantum-runtime-home:/var/lib/quantum-runtime"]
        assert made.container_create_kwargs["cap_drop"] == ["ALL"]

    @pytest.mark.parametrize("name", TEMPLATES)
    def test_a_template_has_what_the_worker_of_this_release_knows(self, name: str) -> None:
        from prefect_docker.worker import DockerWorker
        from prefect_kubernetes.worker import KubernetesWorker

        worker = {"docker": DockerWorker, "kubernetes": KubernetesWorker}[name]
        known = worker.get_default_base_job_template()
        ours = TEMPLATES[name]
        assert ours["variables"]["properties"].keys() == known["variables"]["properties"].keys()
        assert ours["job_configuration"].keys() == known["job_configuration"].keys()
