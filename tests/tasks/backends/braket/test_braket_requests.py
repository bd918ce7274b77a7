"""Every request is one that AWS's own description of the service takes."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from braket.device_schema.error_mitigation.debias import Debias
from braket.device_schema.ionq import IonqDeviceParameters
from hypothesis import given
from hypothesis import strategies as st

from datasets.records.options import DeviceOptions
from tasks.backends.braket.task_requests import EXECUTION_TAG, RUN_TAG, create_request
from tasks.context.device_options import written
from tasks.core.planning.actions import Unit
from tests.tasks.backends.braket.braket_provider import GARNET, SOURCE, an_execution

FORTE = "arn:aws:braket:us-east-1::device/qpu/ionq/Forte-1"
SHAPE = (
    ServiceModel(Loader().load_service_model("braket", "service-2"), "braket")
    .operation_model("CreateQuantumTask")
    .input_shape
)
RESERVATION = "arn:aws:braket:us-east-1:123456789012:reservation/0a1b2c3d-0a1b-2c3d"
words = st.text("abcXYZ019 _.:/=+-@", min_size=1, max_size=30)
a_tag_set = st.dictionaries(words, words, max_size=5)


def request(options: DeviceOptions, *, arn: str = FORTE, **changes: Any) -> dict[str, Any]:
    execution = replace(an_execution(**changes), options=written(options))
    made = create_request(execution, arn=arn, bucket="amazon-braket-results")
    report = ParamValidator().validate(made, SHAPE)
    assert not report.has_errors(), report.generate_report()
    return made


def parameters(made: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made["deviceParameters"])
    return found


@given(tags=a_tag_set, debias=st.booleans(), reserved=st.booleans(), sets=st.booleans())
def test_whatever_is_asked_for_the_request_is_valid_and_carries_our_tags(
    tags: dict[str, str], *, debias: bool, reserved: bool, sets: bool
) -> None:
    options = DeviceOptions(RESERVATION if reserved else "", debias, {}, tags)
    units = [Unit(SOURCE, ())] * (2 if sets else 1)
    made = request(options, units=units)
    ours = {EXECUTION_TAG: an_execution().execution_id, RUN_TAG: an_execution().run_id}
    assert made["tags"] == tags | ours
    assert made["clientToken"] == an_execution().execution_id
    assert ("associations" in made) == reserved
    assert ("deviceParameters" in made) != sets  # program sets take none
    assert request(options, units=units) == made


def test_a_reservation_is_named_as_the_service_wants_it() -> None:
    made = request(DeviceOptions(reservation=RESERVATION))
    assert made["associations"] == [{"arn": RESERVATION, "type": "RESERVATION_TIME_WINDOW_ARN"}]
    types = SHAPE.members["associations"].member.members["type"].enum
    assert made["associations"][0]["type"] in types


def test_debias_is_what_the_sdk_sends_to_ionq() -> None:
    made = parameters(request(DeviceOptions(debias=True)))
    assert made["errorMitigation"] == [{"type": Debias().type.value}]
    read = IonqDeviceParameters.parse_raw(json.dumps(made))
    assert read.errorMitigation == [Debias()]
    assert read.paradigmParameters.disableQubitRewiring
    assert read.paradigmParameters.qubitCount == 2


def test_parameters_are_laid_over_ours_level_by_level() -> None:
    wanted = {"paradigmParameters": {"disableQubitRewiring": False}, "sharpening": {"on": True}}
    made = parameters(request(DeviceOptions(debias=True, parameters=wanted)))
    assert made["paradigmParameters"]["qubitCount"] == 2
    assert made["paradigmParameters"]["disableQubitRewiring"] is False
    assert made["sharpening"] == {"on": True}
    assert made["errorMitigation"]


def test_without_options_nothing_is_asked_beside_the_circuit() -> None:
    made = request(DeviceOptions(), arn=GARNET)
    assert "associations" not in made
    assert "errorMitigation" not in parameters(made)


@pytest.mark.parametrize("options", [DeviceOptions(), DeviceOptions(tags={})])
def test_what_was_not_asked_for_is_not_part_of_an_execution_s_identity(
    options: DeviceOptions,
) -> None:
    assert written(options) == ""
