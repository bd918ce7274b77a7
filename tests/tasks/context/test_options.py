"""What a device would refuse, or drop without a word, is refused here, in one line."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.records.options import DeviceOptions
from tasks.context.device_options import MAX_TAGS, applied, check_options, options_in
from tasks.errors import BadInput
from tasks.requests.search import VqeRequest

IONQ = "braket:arn:aws:braket:us-east-1::device/qpu/ionq/Forte-1"
IQM = "braket:arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet"
SV1 = "braket:arn:aws:braket:::device/quantum-simulator/amazon/sv1"
RESERVED = "arn:aws:braket:us-east-1:123456789012:reservation/0a1b2c3d"
FORTE = resolve("emulator:forte-enterprise")

REFUSED = [
    (DeviceOptions(debias=True), "emulator:garnet", "--debias is for Braket devices"),
    (DeviceOptions(tags={"a": "b"}), "local:sv", "--tag is for Braket devices"),
    (DeviceOptions(parameters={"a": 1}), "local:sv", "--device-parameters is for Braket"),
    (DeviceOptions(reservation=RESERVED), "local:sv", "--reservation is for Braket"),
    (DeviceOptions(debias=True), "braket:garnet", "Write braket:ARN"),
    (DeviceOptions(debias=True), IQM, "--debias is honoured by IonQ"),
    (DeviceOptions(parameters={"a": 1}), IQM, "--device-parameters is honoured by IonQ"),
    (DeviceOptions(debias=True), SV1, "--debias is honoured by IonQ"),
    (DeviceOptions(reservation="mine"), IONQ, "is not a reservation's ARN"),
    (DeviceOptions(reservation=RESERVED), SV1, "simulators cannot be reserved"),
    (DeviceOptions(reservation=RESERVED), IQM, "is in us-east-1"),
    (DeviceOptions(tags={"": "b"}), IONQ, "needs a name"),
    (DeviceOptions(tags={"a\nb": "c"}), IONQ, "is not a tag's text"),
    (DeviceOptions(tags={"a": "b;c"}), IONQ, "is not a tag's text"),
    (DeviceOptions(tags={"a" * 129: "b"}), IONQ, "at most 128"),
    (DeviceOptions(tags={"a": "b" * 257}), IONQ, "at most 256"),
    (DeviceOptions(tags={"AWS:a": "b"}), IONQ, "are taken"),
    (DeviceOptions(tags={"qrt:run_id": "b"}), IONQ, "are taken"),
    (DeviceOptions(tags={f"k{i}": "v" for i in range(MAX_TAGS + 1)}), IONQ, "49 tags"),
]


@pytest.mark.parametrize(("options", "target", "said"), REFUSED)
def test_what_cannot_be_had_is_refused_in_one_line(
    options: DeviceOptions, target: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said) as refusal:
        check_options(options, target=target)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("options", "target"),
    [
        (DeviceOptions(), "local:sv"),
        (DeviceOptions(RESERVED, True, {"a": {"b": 1}}, {"team": "quantum chemistry"}), IONQ),
        (DeviceOptions(tags={f"k{i}": "" for i in range(MAX_TAGS)}), SV1),
    ],
)
def test_what_can_be_had_is_not(options: DeviceOptions, target: str) -> None:
    check_options(options, target=target)


@given(debias=st.booleans(), reserved=st.booleans(), parametrised=st.booleans())
def test_options_only_narrow_what_a_device_takes_and_never_raise_its_price(
    *, debias: bool, reserved: bool, parametrised: bool
) -> None:
    options = DeviceOptions(
        RESERVED if reserved else "", debias, {"a": 1} if parametrised else {}, {"t": "u"}
    )
    snapshot = applied(options, FORTE)
    assert snapshot.limits.shots_min == (max(100, 500 if reserved else 2500) if debias else 100)
    assert snapshot.prices.usd_per_shot == (Decimal(0) if reserved else FORTE.prices.usd_per_shot)
    assert snapshot.calibration_id == FORTE.calibration_id
    if debias or parametrised:
        assert snapshot.limits.program_set_executables is None
    assert applied(options, snapshot) == snapshot


def test_a_request_without_device_options_asks_for_nothing() -> None:
    assert options_in(VqeRequest()) == DeviceOptions()
