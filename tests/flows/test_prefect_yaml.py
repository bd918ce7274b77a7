"""prefect.yaml and the flows agree, and a form explains itself."""

from collections.abc import Iterator
from typing import Any

import pytest

from deployments.register.manifest import check_parameters, flow_of, read
from tasks.core.mitigation.composition import Mitigation
from tasks.core.optimisers.registry import known
from tasks.errors import BadInput
from tasks.requests.forms import titled
from tasks.requests.run import MITIGATIONS, OPTIMIZERS

pytestmark = pytest.mark.slow

DEPLOYMENTS = read().deployments


def fields(deployment: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every field of a form; those of a model are within the one that holds it."""
    schema = flow_of(deployment).parameters.model_dump()
    for part in (schema, *schema["definitions"].values()):
        yield from part["properties"].items()


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])
def test_a_deployment_s_entrypoint_and_parameters_fit_its_flow(deployment: Any) -> None:
    assert "/" not in deployment["entrypoint"], "the path form loads a flow twice"
    flow = flow_of(deployment)
    assert flow.name == deployment["entrypoint"].partition(":")[2]
    assert flow.description


def test_parameters_that_no_longer_fit_are_one_line() -> None:
    flow = flow_of(DEPLOYMENTS[0])
    for wrong in ({"parameters": {"shots": 0}}, {"parameters": {"gone": 1}}, {"gone": 1}):
        with pytest.raises(BadInput, match="Deployment vqe: its parameters do not fit") as refused:
            check_parameters(flow, wrong, deployment="vqe")
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])
def test_every_field_of_a_form_explains_itself(deployment: Any) -> None:
    for name, field in fields(deployment):
        assert field.get("description"), name
        assert field.get("title"), name


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])
def test_a_form_says_every_range_in_words(deployment: Any) -> None:
    for name, field in fields(deployment):
        if "minimum" in field and "maximum" in field:
            assert f"{field['maximum']:,}" in field["description"], name


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])
def test_every_deployment_is_ours_and_has_its_queue_and_its_tag(deployment: Any) -> None:
    assert deployment["work_pool"]["name"] == read().pool
    assert deployment["work_pool"]["work_queue_name"] in read().queues
    assert "quantum-runtime" in deployment["tags"]
    # Only what measures has a run to go on with.
    assert ("measurement" in deployment["tags"]) == (
        flow_of(deployment).name in {"vqe", "sweep", "batch", "qaoa"}
    )


def test_forms_offer_what_there_is() -> None:
    assert set(OPTIMIZERS) == set(known())
    assert [Mitigation.parse(text).name for text in MITIGATIONS] == MITIGATIONS


def test_a_title_has_the_unit_of_its_name() -> None:
    assert titled("max_calibration_age_h") == "Max calibration age (hours)"
    assert titled("shots") == "Shots"
