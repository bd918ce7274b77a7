"""prefect.yaml and the flows agree."""

import importlib
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
DEPLOYMENTS = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])
def test_a_deployment_s_entrypoint_and_parameters_fit_its_flow(deployment: dict) -> None:
    module, _, name = deployment["entrypoint"].partition(":")
    assert "/" not in module, "the path form loads a flow twice"
    flow = getattr(importlib.import_module(module), name)
    assert flow.name == deployment["name"]
    flow.validate_parameters(deployment.get("parameters", {}))


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=lambda d: d["name"])
def test_every_field_of_a_form_explains_itself(deployment: dict) -> None:
    module, _, name = deployment["entrypoint"].partition(":")
    schema = getattr(importlib.import_module(module), name).parameters.model_dump()
    # A flow takes one model, or plain parameters.
    models = schema["definitions"].values() or [schema]
    fields = [(n, f) for model in models for n, f in model["properties"].items()]
    assert fields
    for field, description in fields:
        assert description.get("description"), field
        assert "default" in description, field
