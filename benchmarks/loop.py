"""How long an iteration of a variational loop takes: through the runtime and on the bare engine.

`python -m benchmarks.loop` prints a table. Both sides minimise the energy of H2 by SPSA on
`local:sv`, with the same shots and the same readout-corrected estimates, seed by seed in turns.
The runtime's side is what the flow's stage `optimise` does, in a home of its own: it makes ids,
journals, checks and lands. The bare side is the optimiser and one call of the engine an iteration.
"""

import cProfile
import pstats
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from uuid import uuid4

import numpy as np

from datasets.devices.catalogue import resolve
from datasets.home import Home
from datasets.problems.catalogue import load
from datasets.records.executions import RunId
from datasets.records.runs import Run
from tasks.backends.engine import running
from tasks.backends.engine.compiled import from_circuits
from tasks.context.runtime import Runtime, open_runtime
from tasks.core.compilation.compiler import compile_program
from tasks.core.estimation.energies import estimator
from tasks.core.mitigation.composition import Mitigation
from tasks.core.mitigation.readout import Confusion
from tasks.core.optimisers.registry import optimise
from tasks.core.optimisers.session import Evaluate, Evaluation, Points
from tasks.core.physics.ansatz import Kind, build
from tasks.core.physics.grouping import group
from tasks.program.experiment import Experiment, Search
from tasks.workloads.search.loop import Loop, steps
from tasks.workloads.search.simulation import measuring

TARGET, SHOTS, ITERATIONS, SEEDS = "local:sv", 1000, 50, 20
LONG, TURNS = 4000, 8  # iterations at points that no optimiser chose: SPSA is done after some 30
PARTS = {  # functions, by the file and name that the profile has them under
    "engine": ("lowered.py", "counts"),
    "estimates": ("energies.py", "energies"),
    "ids and actions": ("loop_measuring.py", "entry"),
    "journal": ("chunk_verbs.py", "keep"),
    "rows": ("loop_rows.py", "count_columns"),
    "checks": ("checking.py", "check"),
    "lake, with checks": ("lake.py", "land_all"),
    "cancelled?": ("dispatch.py", "check_wanted"),
    "the whole": ("loop.py", "run"),
}


@dataclass(frozen=True, slots=True)
class Timed:
    """One search: its iterations, the seconds until the last of them, and until all was landed."""

    iterations: int
    loop_s: float
    whole_s: float


def experiment(runtime: Runtime, *, seed: int, ansatz: Kind) -> Experiment:
    """Begin a run, and return what its loop is given."""
    snapshot = resolve(TARGET)
    program = build(load("h2"), kind=ansatz)
    groups = group(program.observable)
    compiled = compile_program(program, snapshot=snapshot, bases=[g.basis for g in groups])
    run_id = RunId(str(uuid4()))
    runtime.journal.begin(Run(run_id, "vqe", "default", TARGET, seed, "{}", datetime.now(UTC)))
    return Experiment(run_id, seed, TARGET, program, groups, snapshot, compiled)


def search(made: Experiment, *, iterations: int) -> Search:
    """Return how both sides search."""
    start = (0.1,) * len(made.program.parameters)
    mitigation = Mitigation.parse("readout,zne")
    return Search("spsa", start, iterations, mitigation, SHOTS, SHOTS, SHOTS)


def calibration() -> Confusion:
    """Return what readout calibration finds on a perfect simulator."""
    return Confusion(np.zeros(4), np.zeros(4), 8000)


def alone(made: Experiment, *, iterations: int) -> Evaluate:
    """Return the energies by nothing but the engine and the estimates."""
    wanted = search(made, iterations=iterations)
    measured = {item.basis: item.circuit for item in made.compiled.measured}
    programs = from_circuits(
        [measured[g.basis] for g in made.groups],
        measured_qubits=made.compiled.measured_qubits,
        noise=None,
    )
    tables = estimator(
        made.program.observable,
        groups=made.groups,
        mitigation=wanted.mitigation.in_loop,
        confusion=calibration(),
    )
    flow = measuring(made, search=wanted, confusion=calibration())
    shots, names = flow.share([wanted.start] * 3).shots, made.program.parameters
    seeds = count()

    def evaluate(points: Points) -> list[Evaluation]:
        found = running.counts(programs, points, names=names, shots=shots, seed=next(seeds))
        energies = tables.energies(flow.block(found))
        both = zip(energies.value.tolist(), energies.stderr.tolist(), strict=True)
        return [Evaluation(*each) for each in both]

    return evaluate


def bare(made: Experiment, *, iterations: int) -> Timed:
    """Search with nothing but the optimiser, the engine and the estimates."""
    evaluate = alone(made, iterations=iterations)
    began_s = time.perf_counter()
    optimum = optimise(
        "spsa",
        evaluate,
        start=search(made, iterations=iterations).start,
        frequencies=made.program.frequencies,
        max_iterations=iterations,
        rng=np.random.default_rng([made.seed, 0]),
    )
    took_s = time.perf_counter() - began_s
    return Timed(optimum.iterations, took_s, took_s)


def through(made: Experiment, *, iterations: int, runtime: Runtime) -> Timed:
    """Search as the flow does."""
    wanted = search(made, iterations=iterations)
    taken = steps(made, search=wanted, confusion=calibration(), runtime=runtime)
    loop = Loop(made, wanted, taken, ())
    began_s = time.perf_counter()
    loop.run()
    whole_s = time.perf_counter() - began_s
    done = runtime.journal.iterations(made.run_id)
    return Timed(len(done), sum(each.elapsed_s for each in done), whole_s)


def compared(runtime: Runtime, *, ansatz: Kind, iterations: int, seeds: Sequence[int]) -> None:
    """Print both sides' times an iteration, each the median over the seeds."""
    sides: list[tuple[Timed, Timed]] = []
    for seed in seeds:
        made = experiment(runtime, seed=seed, ansatz=ansatz)
        without = bare(made, iterations=iterations)
        sides.append((without, through(made, iterations=iterations, runtime=runtime)))
    bare_ms = median(1e3 * without.loop_s / without.iterations for without, _ in sides)
    steps_ms = median(1e3 * flow.loop_s / flow.iterations for _, flow in sides)
    whole_ms = median(1e3 * flow.whole_s / flow.iterations for _, flow in sides)
    length = median(flow.iterations for _, flow in sides)
    print(f"h2 {ansatz}, {length:.0f} iterations a search, {len(seeds)} searches")  # noqa: T201
    print(f"  bare engine        {bare_ms:8.3f} ms an iteration")  # noqa: T201
    for what, each_ms in (("steps", steps_ms), ("all, landed", whole_ms)):
        print(f"  runtime, {what:11}{each_ms:8.3f} ms  {each_ms / bare_ms:6.2f} x")  # noqa: T201


def long(runtime: Runtime) -> None:
    """Print both sides' processor time over so many iterations that what is paid once is little."""
    made = experiment(runtime, seed=98, ansatz="uccsd")
    wanted = search(made, iterations=LONG)
    evaluate = alone(made, iterations=LONG)
    asked = np.random.default_rng(1).normal(size=(TURNS, LONG // TURNS, 3, 1))
    taken = steps(made, search=wanted, confusion=calibration(), runtime=runtime)
    loop = Loop(made, wanted, taken, ())
    spent = {"bare engine": 0.0, "runtime": 0.0}
    ratios = []
    for turn in asked:
        marks = [time.process_time()]
        for points in turn:
            evaluate(points)
        marks.append(time.process_time())
        for points in turn:
            loop._evaluate(points)  # noqa: SLF001 - what the optimiser calls
        marks.append(time.process_time())
        without_s, with_s = np.diff(marks)
        ratios.append(with_s / without_s)
        spent["bare engine"] += without_s
        spent["runtime"] += with_s
    began_s = time.process_time()
    taken.end(loop._done)  # noqa: SLF001 - the same
    spent["runtime"] += time.process_time() - began_s
    bare_ms, runtime_ms = (1e3 * each / LONG for each in spent.values())
    print(f"{LONG} iterations, in {TURNS} turns; processor time")  # noqa: T201
    print(f"  bare engine        {bare_ms:8.3f} ms an iteration")  # noqa: T201
    print(f"  runtime, steps     {bare_ms * median(ratios):8.3f} ms  {median(ratios):6.2f} x")  # noqa: T201
    print(f"  runtime, landed    {runtime_ms:8.3f} ms  {runtime_ms / bare_ms:6.2f} x")  # noqa: T201


def profiled(runtime: Runtime) -> None:
    """Print where a search spends its time, as the profiler sees it."""
    made = experiment(runtime, seed=99, ansatz="uccsd")
    profile = cProfile.Profile()
    profile.enable()
    timed = through(made, iterations=ITERATIONS, runtime=runtime)
    profile.disable()
    found = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    print(f"where {timed.iterations} iterations go, profiled: ms an iteration")  # noqa: T201
    for what, (file, name) in PARTS.items():
        spent_s = sum(v[3] for k, v in found.items() if k[0].endswith(f"/{file}") and k[2] == name)
        print(f"  {what:18} {1e3 * spent_s / timed.iterations:8.3f}")  # noqa: T201


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        runtime = open_runtime(Home(Path(folder)))
        warmed = experiment(runtime, seed=0, ansatz="uccsd")
        through(warmed, iterations=ITERATIONS, runtime=runtime)
        compared(runtime, ansatz="uccsd", iterations=ITERATIONS, seeds=range(1, SEEDS + 1))
        long(runtime)
        profiled(runtime)


if __name__ == "__main__":
    main()
