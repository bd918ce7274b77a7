"""A program is compiled once for a calibration, and a damaged file is never believed."""

import dataclasses
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.devices.catalogue import resolve
from datasets.home import Home
from datasets.records.circuits import Angle, Circuit, Gate
from datasets.records.compiled import CompiledId, CompiledProgram, MeasuredCircuit, Metrics
from datasets.records.devices import CalibrationId
from datasets.records.problems import Hamiltonian, Program, ProgramId
from tasks.core.compilation.compiler import CompileOptions
from tasks.errors import BadInput, TooLarge
from tasks.program.compile_cache import Wanted, compile_all, compile_once
from tasks.program.compiled_json import read_compiled, write_compiled

GARNET = resolve("emulator:garnet")
PAIR = Circuit(
    2, (Gate("h", (0,)), Gate("cnot", (0, 1)), Gate("rx", (1,), (Angle(0.1, (("t", 2.0),)),)))
)
PROGRAM = Program(ProgramId("a" * 64), "pair", PAIR, ("t",), (), Hamiltonian(2, ()))

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
ANGLES = st.builds(Angle, FLOATS, st.lists(st.tuples(st.text(min_size=1), FLOATS)).map(tuple))
GATES = st.builds(
    Gate, st.sampled_from(["prx", "cz"]), st.tuples(st.integers(0, 200)), st.tuples(ANGLES)
)
CIRCUITS = st.builds(Circuit, st.integers(1, 20), st.lists(GATES, max_size=4).map(tuple))
PROGRAMS = st.builds(
    CompiledProgram,
    compiled_id=st.just(CompiledId("c" * 64)),
    program_id=st.just(ProgramId("a" * 64)),
    calibration_id=st.just(CalibrationId("b" * 64)),
    circuit=CIRCUITS,
    measured=st.lists(st.builds(MeasuredCircuit, st.text("IXYZ"), CIRCUITS), max_size=2).map(tuple),
    layout=st.tuples(st.integers(0, 200)),
    measured_qubits=st.tuples(st.integers(0, 200)),
    metrics=st.builds(Metrics, st.integers(), st.integers(), st.integers(), FLOATS),
    toolchain=st.just((("numpy", "1"),)),
    options=st.just((("seeds", "2"),)),
    reason=st.text(),
    compile_s=FLOATS,
)


@given(PROGRAMS)
def test_a_compiled_program_is_read_as_it_was_written(compiled: CompiledProgram) -> None:
    assert read_compiled(write_compiled(compiled)) == compiled


@given(PROGRAMS, st.data())
def test_a_text_that_was_cut_or_changed_is_not_believed(
    compiled: CompiledProgram, data: st.DataObject
) -> None:
    text = write_compiled(compiled)
    place = data.draw(st.integers(0, len(text) - 1))
    assert read_compiled(text[:place]) is None
    assert read_compiled(text[:place] + "\x00" + text[place + 1 :]) is None


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def files(home: Home) -> list[Path]:
    return sorted(home.cache.rglob("*.json"))


@pytest.mark.slow
def test_what_was_compiled_once_is_not_compiled_again(home: Home) -> None:
    first, second = (
        compile_once(PROGRAM, snapshot=GARNET, bases=["ZZ"], home=home) for _ in range(2)
    )
    assert first == second  # with the time that it took
    assert len(files(home)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["", "{}", "x" * 64 + "\n{}", "\x00\xff"])
def test_a_damaged_file_is_compiled_anew_and_mended(home: Home, damage: str) -> None:
    first = compile_once(PROGRAM, snapshot=GARNET, bases=["ZZ"], home=home)
    (path,) = files(home)
    path.write_text(damage)
    again = compile_once(PROGRAM, snapshot=GARNET, bases=["ZZ"], home=home)
    assert again.compiled_id == first.compiled_id
    assert read_compiled(path.read_text()) == again


@pytest.mark.slow
def test_a_cache_that_cannot_be_written_is_left_out(home: Home) -> None:
    home.cache.parent.mkdir(exist_ok=True)
    home.cache.write_text("a file where the folder should be")
    assert compile_once(PROGRAM, snapshot=GARNET, bases=["ZZ"], home=home).measured_qubits


@pytest.mark.slow
def test_each_thing_that_decides_the_content_has_a_file_of_its_own(home: Home) -> None:
    wanted = [
        Wanted(PROGRAM, GARNET, ("ZZ",)),
        Wanted(PROGRAM, GARNET, ("XX",)),
        Wanted(PROGRAM, GARNET, ("ZZ",), CompileOptions(seeds=2)),
        Wanted(PROGRAM, resolve("emulator:garnet@2025-07-06"), ("ZZ",)),
        Wanted(dataclasses.replace(PROGRAM, program_id=ProgramId("d" * 64)), GARNET, ("ZZ",)),
    ]
    compile_all(wanted, home=home)
    assert len(files(home)) == len({each.key for each in wanted}) == 5


@pytest.mark.slow
def test_writers_at_the_same_time_leave_one_whole_file(home: Home) -> None:
    writers = [
        threading.Thread(
            target=compile_once,
            args=(PROGRAM,),
            kwargs={"snapshot": GARNET, "bases": ["ZZ"], "home": home},
        )
        for _ in range(4)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    (path,) = files(home)
    assert read_compiled(path.read_text()) is not None


@pytest.mark.slow
def test_what_cannot_be_compiled_is_told_in_its_place(home: Home) -> None:
    wide = dataclasses.replace(PROGRAM, circuit=Circuit(30, PAIR.gates))
    found = compile_all(
        [Wanted(wide, GARNET, ("Z" * 30,)), Wanted(PROGRAM, GARNET, ("ZZ",))], home=home
    )
    assert isinstance(found[0], TooLarge)
    assert not isinstance(found[1], BadInput)


@pytest.mark.slow
def test_two_processes_compile_what_one_does(home: Home, tmp_path: Path) -> None:
    wanted = [
        Wanted(PROGRAM, GARNET, ("ZZ",), CompileOptions(seeds=1, first_seed=seed))
        for seed in range(13)
    ]
    together = compile_all(wanted, home=home)
    alone = [compile_all([each], home=Home(tmp_path / "alone"))[0] for each in wanted]
    ids = [
        [each.compiled_id for each in found if not isinstance(each, BadInput)]
        for found in (together, alone)
    ]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 13
