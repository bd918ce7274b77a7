"""What is to be run of a sweep: everything once, whatever is asked for later."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.records.problems import Hamiltonian, PauliTerm
from tasks.core.estimation.observables import Observable
from tasks.core.sweeps.axes import Linear
from tasks.core.sweeps.points import Grid, Points, listed, point_ids
from tasks.core.sweeps.points_language import parse_points
from tasks.core.sweeps.samplers import Bound, Sampled, Sampler
from tasks.core.sweeps.work import Lack, Piece, SweepSpec, chunks, pieces, without

Z = Observable("Z0", Hamiltonian(1, (PauliTerm("Z", 1.0),)))
BOX = (Bound("a", 0, 1), Bound("b", 2, 3))


def spec(points: Points, *, shots: int = 100, repetitions: int = 1) -> SweepSpec:
    return SweepSpec("circuit", (Z,), ("local:sv",), points, shots, repetitions)


def sobol(count: int) -> Sampled:
    return Sampled(Sampler.SOBOL, BOX, count, 1)


def lines(count: int) -> Points:
    return listed(["a", "b"], [[k, k / 7] for k in range(count)])


def grid(steps: int) -> Grid:
    return Grid((Linear("a", 0, 6.283, steps + 1), Linear("b", 0, 1, 3)))


def work(sweep: SweepSpec, *earlier: SweepSpec, chunk_points: int = 7) -> list[Piece]:
    return [
        piece
        for target in sweep.targets
        for chunk in chunks(len(sweep.points), chunk_points=chunk_points)
        for piece in pieces(sweep, chunk, target=target, earlier=earlier)
    ]


def bought(sweep: SweepSpec, found: Sequence[Piece]) -> Counter[tuple[str, str, int, int]]:
    """Count how often each shot of each point, target and repetition is run."""
    counted: Counter[tuple[str, str, int, int]] = Counter()
    everything = sweep.points.block(0, len(sweep.points))
    ids = point_ids(sweep.points.parameters, everything)
    for piece in found:
        for number in piece.numbers():
            for shot in range(piece.first_shot, piece.last_shot):
                counted[ids[number], piece.target, piece.repetition, shot] += 1
    return counted


def wanted(sweep: SweepSpec) -> Counter[tuple[str, str, int, int]]:
    everything = sweep.points.block(0, len(sweep.points))
    return Counter(
        (point, target, repetition, shot)
        for point in set(point_ids(sweep.points.parameters, everything))
        for target in sweep.targets
        for repetition in range(sweep.repetitions)
        for shot in range(sweep.shots)
    )


sizes = st.integers(1, 12)
stage = st.tuples(
    sizes, st.integers(1, 4), st.integers(1, 3), st.sampled_from([("x",), ("x", "y")])
)


@given(
    st.sampled_from([sobol, lines, grid]),
    st.lists(stage, min_size=1, max_size=4),
    st.integers(1, 9),
)
@settings(deadline=None)
def test_a_sweep_that_grows_runs_everything_once(
    make: object, stages: list[tuple[int, int, int, tuple[str, ...]]], chunk_points: int
) -> None:
    earlier: list[SweepSpec] = []
    counted: Counter[tuple[str, str, int, int]] = Counter()
    every: Counter[tuple[str, str, int, int]] = Counter()
    for size, shots, repetitions, targets in stages:
        sweep = replace(
            spec(make(size), shots=shots, repetitions=repetitions),  # type: ignore[operator]
            targets=targets,
        )
        found = work(sweep, *earlier, chunk_points=chunk_points)
        counted += bought(sweep, found)
        every |= wanted(sweep)
        earlier.append(sweep)
    assert counted == every
    assert not work(earlier[-1], *earlier, chunk_points=chunk_points)


def test_the_experiment_is_what_is_measured_and_not_how_often() -> None:
    one = spec(sobol(10))
    more = replace(one, points=grid(4), shots=7, repetitions=3, targets=("local:dm",))
    assert more.experiment_id == one.experiment_id
    others = [
        replace(one, circuit="another"),
        replace(one, observables=(replace(Z, name="another"),)),
        replace(one, mitigation="readout"),
        replace(one, seed=2),
    ]
    assert len({each.experiment_id for each in (one, *others)}) == 5


def test_keys_tell_pieces_apart_and_are_the_same_again() -> None:
    sweep = replace(spec(grid(5), repetitions=2), targets=("x", "y"))
    found = work(sweep)
    keys = [piece.key for piece in found]
    assert len(set(keys)) == len(keys) == 2 * 2 * 3
    assert [piece.key for piece in work(sweep)] == keys
    assert len({piece.seed for piece in found}) == len(found)


def test_a_key_is_the_same_in_every_release() -> None:
    (piece,) = work(spec(Grid((Linear("a", 0, 1, 5),))))
    assert piece.key == "4e008af92b1690a6a4991fe2e4a4ebfd8ff4cb09"
    assert piece.seed == 1192758788741441


def test_an_interrupted_sweep_cuts_the_same_pieces_again() -> None:
    sweep = spec(sobol(20))
    landed = work(sweep)[:1]
    done = np.zeros((7, 1), dtype=np.int64)
    done[landed[0].numbers()] = sweep.shots
    assert pieces(sweep, range(7), target="local:sv", done=done) == ()
    assert pieces(sweep, range(7, 14), target="local:sv") == tuple(work(sweep)[1:2])


def test_what_was_found_landed_is_left_out() -> None:
    sweep = spec(sobol(4), shots=10)
    done = np.array([[0], [10], [4], [4]])
    found = pieces(sweep, range(4), target="local:sv", done=done)
    assert [(p.first_shot, p.last_shot, p.rows, p.n_points) for p in found] == [
        (0, 10, (range(1),), 1),
        (4, 10, (range(2, 4),), 2),
    ]


def test_more_points_of_a_sample_cut_one_piece_from_the_chunk_that_was_short() -> None:
    found = work(spec(sobol(20)), spec(sobol(10)))
    assert [piece.rows for piece in found] == [(range(10, 14),), (range(14, 20),)]


def test_a_grid_twice_as_fine_runs_the_new_points_only() -> None:
    found = work(spec(grid(10)), spec(grid(5)), chunk_points=1000)
    (piece,) = found
    assert piece.n_points == 33 - 18
    assert piece.rows[:2] == (range(3, 6), range(9, 12))


def test_another_experiment_s_points_do_not_count() -> None:
    sweep = spec(sobol(10))
    assert work(sweep, replace(sweep, seed=9)) == work(sweep)
    assert work(sweep, replace(sweep, targets=("local:dm",))) == work(sweep)


@given(st.integers(0, 100), st.integers(1, 30))
def test_chunks_hold_every_point_once(n_points: int, chunk_points: int) -> None:
    found = list(chunks(n_points, chunk_points=chunk_points))
    assert [number for chunk in found for number in chunk] == list(range(n_points))
    assert all(0 < len(chunk) <= chunk_points for chunk in found)


def test_a_sweep_counts_its_circuits_over_repetitions_groups_and_noise_scales() -> None:
    grid = parse_points(["theta=0:1:10 phi=0:1:20"])
    assert isinstance(grid, Grid)
    spec = SweepSpec("c", (), ("local:sv",), grid, shots=1, repetitions=3, mitigation="readout,zne")
    assert spec.n_circuits(4) == 200 * 3 * 4 * 3


@given(st.sampled_from([sobol, lines, grid]), sizes, st.data())
def test_what_an_earlier_sweep_lacks_is_run_and_nothing_else(
    make: object, size: int, data: st.DataObject
) -> None:
    sweep = replace(spec(make(size), repetitions=2), targets=("x", "y"))  # type: ignore[operator]
    ids = point_ids(sweep.points.parameters, sweep.points.block(0, len(sweep.points)))
    lacks = st.builds(Lack, st.sampled_from(sweep.targets), st.integers(0, 1), st.sampled_from(ids))
    lacking = data.draw(st.frozensets(lacks))
    found = bought(sweep, work(sweep, replace(sweep, lacking=lacking)))
    assert {(point, target, repetition) for point, target, repetition, _ in found} == {
        (lack.point_id, lack.target, lack.repetition) for lack in lacking
    }
    assert set(found.values()) <= {1}
    assert sum(found.values()) == sweep.shots * len(lacking)


@given(st.frozensets(st.integers(0, 6)))
def test_a_piece_without_points_is_named_by_the_others(missing: frozenset[int]) -> None:
    sweep = spec(sobol(7))
    (piece,) = work(sweep)
    kept = without(piece, sweep, missing=missing)
    assert kept.numbers().tolist() == [number for number in range(7) if number not in missing]
    assert (kept.key == piece.key) == (not missing or len(missing) == 7)
    if kept.n_points > 0:
        others = listed(sweep.points.parameters, sweep.points.block(0, 7)[kept.numbers()].tolist())
        assert [each.key for each in work(replace(sweep, points=others))] == [kept.key]


@given(st.integers(1, 30), st.integers(1, 3), st.sampled_from(["", "c" * 64]))
def test_under_another_calibration_the_same_pieces_have_other_keys_and_the_same_seeds(
    count: int, repetitions: int, calibration: str
) -> None:
    sweep = spec(lines(count), repetitions=repetitions)
    chunk = range(count)
    before = pieces(sweep, chunk, target="local:sv", calibration=calibration)
    after = pieces(sweep, chunk, target="local:sv", calibration="d" * 64)
    assert not {piece.key for piece in before} & {piece.key for piece in after}
    assert [piece.seed for piece in before] == [piece.seed for piece in after]
    assert [piece.rows for piece in before] == [piece.rows for piece in after]
    assert pieces(sweep, chunk, target="local:sv", calibration=calibration) == before
