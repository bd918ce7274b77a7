"""A run measures the circuit that it was compiled to when it began, whatever a release compiles."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from datasets.devices.catalogue import resolve
from datasets.records.circuits import Circuit, Gate
from datasets.records.compiled import CompiledId, CompiledProgram
from datasets.records.problems import Hamiltonian, Program, ProgramId
from tasks.errors import StorageFault
from tasks.program.compile_cache import compile_once
from tasks.program.compiled_json import write_compiled
from tasks.program.pinned_compiled import compiled_for, compiled_otherwise
from tests.tasks.execution.fake_target import Place, Target, a_place, a_run, an_execution

PAIR = Circuit(2, (Gate("h", (0,)), Gate("cnot", (0, 1))))
PROGRAM = Program(ProgramId("a" * 64), "pair", PAIR, (), (), Hamiltonian(2, ()))
SNAPSHOT = resolve("emulator:garnet")
OTHER = CompiledId("c" * 64)  # as the executions of `an_execution`

Compile = Callable[[], CompiledProgram]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = a_place(tmp_path)
    place.journal.begin(a_run())
    return place


@pytest.fixture
def compiled(place: Place) -> Compile:
    """Return what compiles the run's circuit, or takes it as it was."""
    return lambda: compiled_for(a_run(), PROGRAM, snapshot=SNAPSHOT, bases=("ZZ",), runtime=place)


def of_before(place: Place) -> CompiledProgram:
    """Return the circuit as another release compiled it."""
    fresh = compile_once(PROGRAM, snapshot=SNAPSHOT, bases=("ZZ",), home=place.home)
    return replace(fresh, compiled_id=OTHER, reason="as of before")


def test_a_circuit_is_kept_when_the_run_begins_and_taken_as_it_was(
    place: Place, compiled: Compile
) -> None:
    first = compiled()
    kept = place.home.inputs_of(a_run().run_id) / "compiled.json"
    assert kept.exists()
    kept.write_text(write_compiled(of_before(place)))
    assert compiled().reason == "as of before"
    assert compiled_otherwise(a_run(), first.compiled_id, runtime=place) is False


def test_a_damaged_circuit_is_refused(place: Place, compiled: Compile) -> None:
    compiled()
    kept = place.home.inputs_of(a_run().run_id) / "compiled.json"
    kept.write_text(kept.read_text()[:-9])
    with pytest.raises(StorageFault, match=r"compiled.json is damaged. Restore it"):
        compiled()


def test_what_another_release_compiled_is_found_among_what_is_cached(
    place: Place, compiled: Compile
) -> None:
    place.journal.intend(an_execution())
    cached = place.home.cache / "compiled" / "00" / "0.json"
    cached.parent.mkdir(parents=True)
    cached.write_text(write_compiled(of_before(place)))
    (cached.parent / "1.json").write_text("cut off")
    assert compiled().compiled_id == OTHER


def test_nothing_is_bought_for_a_circuit_that_is_lost(place: Place, compiled: Compile) -> None:
    place.journal.intend(an_execution())
    with pytest.raises(StorageFault, match="would buy again what was bought"):
        compiled()
    assert not place.home.inputs_of(a_run().run_id).exists()


def test_what_costs_nothing_is_compiled_anew(place: Place, compiled: Compile) -> None:
    place.journal.intend(an_execution())
    place.targets["fake"] = Target(charges=False)
    fresh = compiled()
    assert fresh.compiled_id != OTHER
    assert compiled_otherwise(a_run(), fresh.compiled_id, runtime=place)
