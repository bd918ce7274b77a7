"""What makes work impossible on a device is said in words and figures."""

import dataclasses
from datetime import UTC, datetime, time
from typing import Any

import pytest

from datasets.devices.catalogue import resolve
from datasets.records.devices import Limits, Prices, Window
from tasks.core.mitigation.composition import Mitigation
from tasks.core.money.pricing import Work, quote_work
from tasks.core.selection.feasibility import Candidate, Demand, impossible
from tasks.errors import BadInput

NOW = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
GARNET = resolve("emulator:garnet")
GHZ = Demand(4, 4000)


def candidate(**changes: Any) -> Candidate:
    return Candidate("emulator:garnet", dataclasses.replace(GARNET, **changes))


def test_a_device_that_can_do_the_work_has_no_obstacle() -> None:
    assert impossible(candidate(), demand=GHZ, now=NOW) == ""


@pytest.mark.parametrize(
    ("changed", "demand", "said"),
    [
        ({}, Demand(21, 10), "it has 20 usable qubits, and the circuit needs 21"),
        ({"native_gates": ("fusion",)}, GHZ, "nothing is compiled into its gates"),
        ({"pairs": ()}, GHZ, "it has no calibrated two-qubit gate"),
        (
            {"limits": Limits(100, 5000)},
            Demand(4, 50),
            "a circuit takes at least 100 shots there, and 50 are asked for",
        ),
        (
            {"limits": Limits(100, 5000)},
            Demand(4, 200, readout_shots=20),
            "a readout calibration circuit takes at least 100 shots there, and 20 are asked for",
        ),
        ({}, Demand(4, 10, debias=True), "debiasing is IonQ's, and it is IQM's"),
        ({"prices": Prices()}, GHZ, "its price is not known here"),
        (
            {"qubits": tuple(dataclasses.replace(q, readout_fidelity=None) for q in GARNET.qubits)},
            GHZ,
            "no readout fidelity of it is known, so that nothing can be predicted",
        ),
    ],
)
def test_an_obstacle_is_named_with_its_figures(
    changed: dict[str, Any], demand: Demand, said: str
) -> None:
    assert impossible(candidate(**changed), demand=demand, now=NOW).startswith(said)


@pytest.mark.parametrize(
    ("stands", "said"),
    [
        ({"status": "OFFLINE"}, "it is offline"),
        ({"status": "retired"}, "it is retired"),
        ({"barred": "it is quarantined, until it is restored: leaks"}, "it is quarantined"),
    ],
)
def test_a_device_that_takes_no_work_says_so(stands: dict[str, Any], said: str) -> None:
    found = dataclasses.replace(candidate(), **stands)
    assert impossible(found, demand=GHZ, now=NOW).startswith(said)


def test_a_schedule_counts_only_where_somebody_closes_the_device() -> None:
    rarely = (Window("Monday", time(8), time(9)),)
    assert impossible(dataclasses.replace(candidate(), windows=rarely), demand=GHZ, now=NOW) == ""


def test_noise_scaling_and_readout_are_part_of_the_price() -> None:
    plain, scaled, read = (
        quote_work(Work(2, 1000, Mitigation.parse(text), 500), snapshot=GARNET)
        for text in ("none", "zne", "readout")
    )
    scales = len(Mitigation.parse("zne").scales)
    assert (plain.shots, scaled.shots, read.shots) == (2000, 2000 * scales, 3000)
    assert plain.usd < read.usd
    assert plain.tasks == scaled.tasks == 1


def test_fewer_shots_than_the_device_takes_have_no_price() -> None:
    forte = resolve("emulator:forte-enterprise")
    with pytest.raises(BadInput, match="at least 100 shots"):
        quote_work(Work(1, 50, Mitigation.parse("none")), snapshot=forte)
