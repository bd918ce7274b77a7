"""In a cluster nobody reaches what is not meant for them: policies against the pods as applied."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.deployments.test_manifests import TEMPLATES, documents

NAME = "app.kubernetes.io/name"
STRANGER = {NAME: "somebody-else"}
CALLERS = ("prefect-worker", "register", "flow-run", "dask-worker")
ALLOWED = {
    *((caller, "prefect-server", "http") for caller in CALLERS),
    *((asker, "dask-scheduler", "scheduler") for asker in ("flow-run", "dask-worker")),
    *((asker, "dask-worker", port) for asker in ("dask-scheduler", "dask-worker")
      for port in ("worker", "nanny")),
}  # fmt: skip


def templates() -> dict[str, Mapping[str, Any]]:
    """Return the pod of everything that has one, by its name."""
    job = TEMPLATES["kubernetes"]["job_configuration"]["job_manifest"]
    owners = [found for found in documents() if "template" in found.get("spec", {})]
    found = [owner["spec"]["template"] for owner in (*owners, job)]
    return {each["metadata"]["labels"][NAME]: each for each in found}


def ports_of(name: str) -> dict[str, int]:
    """Return the ports of a pod that have a name."""
    listed = [
        port for one in templates()[name]["spec"]["containers"] for port in one.get("ports", ())
    ]
    return {port["name"]: port["containerPort"] for port in listed}


POLICIES = [found["spec"] | {"name": found["metadata"]["name"]} for found in documents()
            if found["kind"] == "NetworkPolicy"]  # fmt: skip


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a pod of these labels is meant, as Kubernetes reads a selector."""
    wanted = selector.get("matchLabels", {}).items()
    expressions = selector.get("matchExpressions", ())
    assert all(each["operator"] == "In" for each in expressions)
    return all(labels.get(key) == value for key, value in wanted) and all(
        labels.get(each["key"]) in each["values"] for each in expressions
    )


def selectors(found: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every selector of pods in a policy."""
    if isinstance(found, dict):
        for key, value in found.items():
            if key == "podSelector":
                yield value
            yield from selectors(value)
    elif isinstance(found, list):
        for each in found:
            yield from selectors(each)


def lets(direction: str, whose: Mapping[str, str], other: Mapping[str, str], port: Any) -> bool:
    """Whether the policies of one pod let it speak in a direction with another at a port."""
    side, kind = ("from", "Ingress") if direction == "ingress" else ("to", "Egress")
    mine = [each for each in POLICIES if kind in each["policyTypes"]
            and selects(each["podSelector"], whose)]  # fmt: skip
    return not mine or any(
        (not rule.get(side) or any(selects(peer["podSelector"], other) for peer in rule[side]
                                   if "podSelector" in peer))
        and port in [one["port"] for one in rule["ports"]]
        for policy in mine for rule in policy.get(direction, ())
    )  # fmt: skip


def labels_of(name: str) -> Mapping[str, str]:
    found: Mapping[str, str] = templates()[name]["metadata"]["labels"]
    return found


def test_who_reaches_whom_is_what_is_meant_and_nothing_else() -> None:
    reached = {
        (one, other, port)
        for one in templates()
        for other in templates()
        for port in ports_of(other)
        if lets("egress", labels_of(one), labels_of(other), port)
        and lets("ingress", labels_of(other), labels_of(one), port)
    }
    assert reached == ALLOWED


@pytest.mark.parametrize("name", templates())
def test_another_pod_of_the_namespace_reaches_nobody(name: str) -> None:
    for port in (*ports_of(name), *ports_of(name).values()):
        assert not lets("ingress", labels_of(name), STRANGER, port)


def test_every_selector_means_a_pod_that_is_there_and_every_port_one_of_its() -> None:
    pods = [each["metadata"]["labels"] for each in templates().values()]
    for policy in POLICIES:
        for selector in selectors(policy):
            for expression in selector.get("matchExpressions", ()):
                assert set(expression["values"]) <= templates().keys()
            assert any(selects(selector, labels) for labels in pods), policy["name"]
        for rule in policy.get("ingress", ()):
            mine = [name for name in templates() if selects(policy["podSelector"], labels_of(name))]
            for port in rule["ports"]:
                assert all(port["port"] in ports_of(name) for name in mine)


def test_the_pods_of_a_service_are_reached_at_its_port() -> None:
    for service in (found for found in documents() if found["kind"] == "Service"):
        (port,) = service["spec"]["ports"]
        name = service["spec"]["selector"][NAME]
        assert ports_of(name)[port["targetPort"]] == port["port"]


def test_everybody_finds_names_and_credentials_never_come_from_the_node() -> None:
    outside = [rule for policy in POLICIES for rule in policy.get("egress", ()) if "to" not in rule]
    assert {port["port"] for rule in outside for port in rule["ports"]} == {443, 5432, 6443}
    (names,) = [each for each in POLICIES if each["name"] == "names"]
    assert names["podSelector"] == {}
    assert {port["port"] for port in names["egress"][0]["ports"]} == {53}


def test_dask_listens_where_the_policies_say() -> None:
    (worker,) = templates()["dask-worker"]["spec"]["containers"]
    for name, port in ports_of("dask-worker").items():
        assert f"--{name}-port={port}" in worker["command"]
