"""`qrt canary` refuses in one line what cannot be checked."""

import pytest

from deployments.cli.main import run


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--target", "local:sv"), "computes what a perfect device returns"),
        (("--target", "emulator:willow"), "emulator:garnet"),
        (("--target", "braket:garnet"), "Write braket:ARN"),
        (("--qubits", "13"), "less than or equal to 12"),
        (("--qubits", "1"), "greater than or equal to 2"),
        (("--target", "emulator:forte-enterprise", "--shots", "50"), "at least 100"),
        (("--target", "emulator:forte-enterprise", "--readout-shots", "50"), "--readout-shots 50"),
        (("--tolerance", "-1"), "greater than or equal to 0"),
        (("--tag", "team"), "team"),
        (("--mirrors", "many"), "--mirrors"),
    ],
)
def test_what_cannot_be_checked_is_refused(
    options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["canary", *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert said in err


def test_drift_of_an_unknown_device_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["devices", "drift", "willow"]) == 2
    assert "emulator:garnet" in capsys.readouterr().err
