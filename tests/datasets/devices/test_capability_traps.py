"""Published figures that must not be used, and what is said of each."""

import pytest

from datasets.records.devices import Dropped, Figure, Flag
from tests.datasets.devices.invented_documents import (
    RB,
    SRB,
    Document,
    couplers,
    fidelity,
    figures_of,
    imported,
    labels,
    pair,
    qubit,
    reasons,
    square,
)


def test_uncalibrated_pairs_are_never_used() -> None:
    document = square()
    figures_of(document, "0-1")[:] = [pair(0.5, stderr=1.0)]
    snapshot = imported(document)
    assert (0, 1) not in couplers(snapshot)
    assert snapshot.dropped == (
        Dropped(
            element="0-1",
            metric="cz_fidelity",
            value=0.5,
            stderr=1.0,
            flag=Flag.SENTINEL,
            reason="a standard error of 1 marks an uncalibrated element",
        ),
    )


@pytest.mark.parametrize(
    ("value", "flag"), [(1.0, Flag.IMPLAUSIBLE), (float("nan"), Flag.IMPLAUSIBLE)]
)
def test_impossible_pair_figures_are_never_used(value: float, flag: Flag) -> None:
    document = square()
    figures_of(document, "0-1")[:] = [pair(value)]
    snapshot = imported(document)
    assert (0, 1) not in couplers(snapshot)
    assert reasons(snapshot) == {("0-1", "cz_fidelity"): flag}


def test_a_pair_that_the_graph_does_not_have_is_not_used() -> None:
    document = square()
    document["standardized"]["twoQubitProperties"]["0-2"] = {"twoQubitGateFidelity": [pair(0.999)]}
    snapshot = imported(document)
    assert (0, 2) not in couplers(snapshot)
    assert reasons(snapshot) == {("0-2", "cz_fidelity"): Flag.ISOLATED}


def test_a_coupler_without_a_figure_is_not_used() -> None:
    document = square()
    del document["standardized"]["twoQubitProperties"]["0-1"]
    snapshot = imported(document)
    assert (0, 1) not in couplers(snapshot)
    assert reasons(snapshot) == {("0-1", "cz_fidelity"): Flag.MISSING}


def test_edges_in_one_direction_are_couplers_all_the_same() -> None:
    document = square()
    document["paradigm"]["connectivity"]["connectivityGraph"] = {
        "1": ["0", "2"],
        "3": ["2", "0"],
    }
    assert imported(document) == imported(square())


def test_a_figure_of_what_is_not_a_native_gate_does_not_count() -> None:
    document = square()
    figures_of(document, "0-1")[:] = [pair(0.9999, "Two_Qubit_Clifford"), pair(0.91)]
    figures_of(document, "1-2")[:] = [pair(0.9999, "Two_Qubit_Clifford")]
    snapshot = imported(document)
    assert snapshot.pairs[0].fidelity.value == 0.91
    assert reasons(snapshot) == {("1-2", "cz_fidelity"): Flag.MISSING}


def test_a_pair_uses_its_second_native_gate_when_the_first_has_no_figure() -> None:
    document = square()
    document["paradigm"]["nativeGateSet"].append("iswap")
    figures_of(document, "0-1")[:] = [pair(0.995, "ISWAP"), pair(0.9)]
    figures_of(document, "1-2")[:] = [pair(0.94, "ISWAP"), pair(0.5, stderr=1.0)]
    gates = {entry.labels: (entry.gate, entry.fidelity.value) for entry in imported(document).pairs}
    assert gates[0, 1] == ("cz", 0.9)
    assert gates[1, 2] == ("iswap", 0.94)


def test_isolated_benchmarking_goes_before_simultaneous() -> None:
    document = square()
    listed = document["standardized"]["oneQubitProperties"]["0"]["oneQubitFidelity"]
    listed.insert(0, fidelity(0.95, SRB))
    assert imported(document).qubits[0].one_qubit_fidelity == Figure(0.999, 0.0001)


def test_simultaneous_benchmarking_stands_in_for_a_figure_that_is_not_believed() -> None:
    document = square()
    listed = document["standardized"]["oneQubitProperties"]["0"]["oneQubitFidelity"]
    listed[0] = fidelity(0.5, RB, 1.0)
    listed.append(fidelity(0.998, SRB, 0.001))
    snapshot = imported(document)
    assert snapshot.qubits[0].one_qubit_fidelity == Figure(0.998, 0.001)
    assert reasons(snapshot) == {("q0", "one_qubit_fidelity"): Flag.SENTINEL}


@pytest.mark.parametrize(
    ("properties", "metric", "flag"),
    [
        (qubit(one=0.5), "one_qubit_fidelity", Flag.SENTINEL),
        (qubit(one=0.7913), "one_qubit_fidelity", Flag.IMPLAUSIBLE),
        (qubit(readout=1.0), "readout_fidelity", Flag.IMPLAUSIBLE),
        ({}, "one_qubit_fidelity", Flag.MISSING),
    ],
)
def test_a_qubit_without_believable_figures_goes_with_its_pairs(
    properties: Document, metric: str, flag: Flag
) -> None:
    document = square()
    document["standardized"]["oneQubitProperties"]["0"] = properties
    snapshot = imported(document)
    assert labels(snapshot) == [1, 2, 3]
    assert couplers(snapshot) == [(1, 2), (2, 3)]
    found = reasons(snapshot)
    assert found["q0", metric] is found["0-1", "cz_fidelity"] is found["0-3", "cz_fidelity"] is flag


def test_a_qubit_that_no_usable_pair_joins_is_not_used() -> None:
    document = square()
    for edge in ("0-1", "0-3"):
        figures_of(document, edge)[:] = [pair(0.5, stderr=1.0)]
    snapshot = imported(document)
    assert labels(snapshot) == [1, 2, 3]
    assert reasons(snapshot)["q0", "readout_fidelity"] is Flag.ISOLATED


def test_a_qubit_that_a_known_device_lacks_is_recorded() -> None:
    snapshot = imported(square(), name="cepheus")
    assert reasons(snapshot)["q107", "qubit"] is Flag.MISSING
    assert labels(snapshot) == [0, 1, 2, 3]


def test_a_time_of_zero_is_dropped_alone() -> None:
    document = square()
    document["standardized"]["oneQubitProperties"]["0"]["T2"]["value"] = 0.0
    snapshot = imported(document)
    assert snapshot.qubits[0].t2_s is None
    assert reasons(snapshot) == {("q0", "t2_s"): Flag.SENTINEL}
