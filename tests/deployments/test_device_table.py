"""The table of `qrt devices` keeps long targets readable in its narrow column."""

from datetime import UTC, datetime

import pytest
from rich.console import Console

from datasets.devices import catalogue
from datasets.records.states import Standing
from deployments.cli.device_table import table
from tasks.devices.known_devices import KnownDevice

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        (
            "braket:arn:aws:braket:eu-north-1::device/qpu/iqm/Garnet",
            ["braket:arn:aws:braket:", "eu-north-1::device/", "qpu/iqm/Garnet"],
        ),
        (
            "braket:arn:aws:braket:::device/quantum-simulator/amazon/sv1",
            ["braket:arn:aws:braket:", "::device/", "quantum-simulator/", "amazon/sv1"],
        ),
        ("emulator:garnet@2025-07-06", ["emulator:garnet@2025-07-06"]),
    ],
)
def test_an_arn_is_folded_where_its_parts_join(target: str, parts: list[str]) -> None:
    device = KnownDevice(target, catalogue.resolve("emulator:garnet"), Standing(target))
    console = Console(width=80)
    with console.capture() as captured:
        console.print(table([device], now=NOW))
    _, _, *lines = captured.get().splitlines()
    assert [line.split(" ")[0] for line in lines] == parts
    assert max(map(len, lines)) <= 80
