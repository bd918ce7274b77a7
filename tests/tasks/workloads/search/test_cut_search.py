"""A search for a cut on a simulator: what it finds, what it says of it, and its pictures."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.home import Home
from datasets.lake.lake import Lake
from datasets.records.executions import Collected, Counts, Executable, RunId
from datasets.records.graphs import Graph
from datasets.records.runs import Run
from tasks.context.pinned_inputs import pinned_graph
from tasks.context.runtime import Runtime
from tasks.core.compilation.compiler import compile_program
from tasks.core.mitigation.composition import Mitigation
from tasks.core.physics.cuts import bitstring, maximum
from tasks.core.physics.graph_families import named_graph
from tasks.program.experiment import Experiment, Search, prepared_cut
from tasks.workloads.search.cut_result import cut_result
from tasks.workloads.search.loop import Loop, steps
from tasks.workloads.search.result import VqeResult
from tests.tasks.core.physics.graphs import cut_of, graphs
from tests.tasks.execution.fake_target import a_journal, a_place
from tests.tasks.workloads.batch.landed_circuits import land_circuit

RUN = RunId("b" * 32)


def counted(seen: dict[int, int], graph: Graph) -> Sequence[Collected]:
    """Return what an execution brought back, with noisier counts beside it."""
    n = len(graph.nodes)
    raw, noisy = (Executable(0, "Z" * n, variant, 1) for variant in ("raw", "zne:3"))
    outcomes = np.array(sorted(seen), dtype=np.uint64)
    shots = np.array([seen[outcome] for outcome in sorted(seen)], dtype=np.uint32)
    everything = np.arange(2**n, dtype=np.uint64)
    others = Counts(noisy, n, everything, np.full(2**n, 1000, dtype=np.uint32))
    both = (Counts(raw, n, outcomes, shots), others)
    return [cast("Collected", SimpleNamespace(counts=both))]


def a_result(*, energy: float, exact: float | None) -> VqeResult:
    values: dict[str, Any] = dict.fromkeys(VqeResult.__slots__)
    return VqeResult(**values | {"energy": energy, "raw_energy": energy / 2, "exact_energy": exact})


@given(graphs(most=5), st.data())
def test_the_best_cut_is_of_what_was_seen_without_more_noise(
    graph: Graph, data: st.DataObject
) -> None:
    n = len(graph.nodes)
    outcome = st.integers(0, 2**n - 1)
    seen = data.draw(st.dictionaries(outcome, st.integers(1, 500), min_size=1))
    most = maximum(graph)
    assert most is not None
    found = cut_result(
        a_result(energy=-1.5, exact=-most), graph=graph, collected=counted(seen, graph)
    )
    sides = {each: tuple(each >> k & 1 for k in range(n)) for each in seen}
    best = max(cut_of(graph, each) for each in sides.values())
    assert found["samples"] == sum(seen.values())
    assert found["best_cut"] == pytest.approx(best)
    chosen = int(found["best_bitstring"][::-1], 2)
    assert cut_of(graph, sides[chosen]) == pytest.approx(best)
    assert found["best_frequency"] == seen[chosen] / found["samples"]
    assert set(found["sides"][1]) == {
        node for node, bit in zip(graph.nodes, found["best_bitstring"], strict=True) if bit == "1"
    }
    optimal = sum(seen[k] for k in seen if cut_of(graph, sides[k]) >= most - 1e-9)
    assert found["optimal_probability"] == pytest.approx(optimal / found["samples"])
    assert found["expected_cut"] == 1.5
    if most:
        assert found["approximation_ratio"] == pytest.approx(1.5 / most)


def test_what_nobody_knows_is_null() -> None:
    graph = named_graph("ring:30")
    found = cut_result(
        a_result(energy=-20.0, exact=None),
        graph=graph,
        collected=[
            cast(
                "Collected",
                SimpleNamespace(
                    counts=(
                        Counts(
                            Executable(0, "Z" * 30, "raw", 1),
                            30,
                            np.array([5], dtype=np.uint64),
                            np.array([7], dtype=np.uint32),
                        ),
                    )
                ),
            )
        ],
    )
    assert found["best_cut"] == 4
    assert found["best_bitstring"] == "101" + "0" * 27
    for name in ("max_cut", "approximation_ratio", "optimal_probability"):
        assert found[name] is None


@given(st.integers(1, 64), st.data())
def test_an_outcome_is_written_with_qubit_0_leftmost(n_qubits: int, data: st.DataObject) -> None:
    outcome = data.draw(st.integers(0, 2**n_qubits - 1))
    text = bitstring(outcome, n_qubits)
    assert len(text) == n_qubits
    assert [int(bit) for bit in text] == [outcome >> k & 1 for k in range(n_qubits)]


def test_a_run_keeps_the_graph_that_it_was_given(tmp_path: Path) -> None:
    path, place = tmp_path / "g.csv", a_place(tmp_path / "home")
    path.write_text("a,b,1.5\nb,東京,-2\n", encoding="utf-8")
    run = Run(RUN, "qaoa", "team", "local:sv", 1, "{}", datetime.now(UTC))
    place.journal.begin(run)
    first = pinned_graph(str(path), pins=place.pins(run.run_id))
    path.write_text("c,d\n")
    assert pinned_graph(str(path), pins=place.pins(run.run_id)) == first
    place.journal.close()
    assert first.nodes == ("a", "b", "東京")


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["spsa", "rotosolve", "l-bfgs-b", "cobyla"])
def test_a_ring_is_cut_as_far_as_one_layer_goes(optimizer: str, tmp_path: Path) -> None:
    journal = a_journal()
    runtime = Runtime(Home(tmp_path), journal, Lake(str(tmp_path / "lake"), tmp_path / "q"))
    runtime.home.cache.mkdir()
    runtime.home.spool.mkdir()
    journal.begin(Run(RUN, "qaoa", "team", "local:sv", 7, "{}", datetime.now(UTC)))
    prepared, snapshot = prepared_cut(named_graph("ring:8"), layers=1), resolve("local:sv")
    bases = [each.basis for each in prepared.groups]
    compiled = compile_program(prepared.program, snapshot=snapshot, bases=bases)
    experiment = Experiment(
        RUN, 7, "local:sv", prepared.program, prepared.groups, snapshot, compiled
    )
    land_circuit(runtime.lake, prepared.program, compiled, snapshot, run_id=RUN)
    search = Search(optimizer, prepared.start, 6, Mitigation.parse("none"), 4000, 4000, 100)
    taken = steps(experiment, search=search, confusion=None, runtime=runtime)
    Loop(experiment, search, taken, ()).run()
    energies = [iteration.energies[0] for iteration in journal.iterations(RUN)]
    journal.close()
    # It starts at the optimum, three quarters, and has no way up: noise alone moves it.
    value, stderr = energies[0]
    assert abs(value + 6) < 5 * stderr
    assert min(each for each, _ in energies) > -6 - 5 * stderr
