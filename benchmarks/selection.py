"""How long choosing takes: 100 circuits over six devices, compiled anew and from the cache.

`python -m benchmarks.selection` ranks 100 circuits (GHZ states, mirror circuits, random ones of 2
to 8 qubits) with a fresh cache, and then again. The sixth device is Emerald with errors half as
large again.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.fidelity import DEVICES, ghz, mirror, scrambled
from datasets.devices.catalogue import resolve
from datasets.devices.identity import sealed
from datasets.home import Home
from datasets.records.circuits import Circuit
from datasets.records.devices import DeviceSnapshot, Figure
from datasets.records.problems import Hamiltonian, Program, ProgramId
from tasks.core.identity import digest
from tasks.core.mitigation.composition import Mitigation
from tasks.core.money.pricing import Work, quote_work
from tasks.core.selection.feasibility import Candidate, Demand
from tasks.core.selection.policies import parse_policy
from tasks.selection.selector import Piece, choose

CIRCUITS, SHOTS = 100, 4000


def circuits() -> Iterator[Circuit]:
    """Yield circuits of 2 to 8 qubits without end, no two alike."""
    seed = 0
    while True:
        for n in range(2, 9):
            seed += 1
            yield mirror(n, layers=2 + seed % 4, seed=seed)
            yield Circuit(n, scrambled(n, layers=3 + seed % 5, seed=seed))
            if seed < 8:  # noqa: PLR2004 - one of each size
                yield ghz(n)


def pieces(count: int) -> list[Piece]:
    """Return the work: each circuit with its shots."""
    work = Work(1, SHOTS, Mitigation.parse("none"))
    found = []
    for number, circuit in zip(range(count), circuits(), strict=False):
        n = circuit.n_qubits
        identity = ProgramId(digest(circuit))
        program = Program(identity, f"c{number}", circuit, (), (), Hamiltonian(n, ()))
        demand = Demand(n, SHOTS)
        pricing = lambda _, each: quote_work(work, snapshot=each.snapshot)  # noqa: E731 - short
        found.append(Piece(program, ("Z" * n,), demand, pricing))
    return found


def six() -> list[Candidate]:
    """Return the bundled calibrations and a worse Emerald."""
    found = [Candidate(name, resolve(name)) for name in DEVICES]
    return [*found, Candidate("emulator:worse", _worse(resolve("emulator:emerald")))]


def _worse(snapshot: DeviceSnapshot) -> DeviceSnapshot:
    pairs = tuple(
        replace(pair, fidelity=Figure(1 - 1.5 * (1 - pair.fidelity.value)))
        for pair in snapshot.pairs
    )
    return sealed(replace(snapshot, pairs=pairs))


def _cpu_s() -> float:
    """Return the processor time of this process and of those that it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main() -> None:
    """Print the times of both passes."""
    candidates, policy = six(), parse_policy("balanced")
    with tempfile.TemporaryDirectory() as folder:
        for what in ("compiled anew", "from the cache"):
            started_s, cpu_s = time.perf_counter(), _cpu_s()
            choose(
                pieces(CIRCUITS),
                candidates=candidates,
                policy=policy,
                now=datetime.now(UTC),
                home=Home(Path(folder)),
            )
            took_s, used_s = time.perf_counter() - started_s, _cpu_s() - cpu_s
            load = os.getloadavg()[0]
            text = f"{CIRCUITS} x {len(candidates)} {what}: {took_s:.1f} s"
            sys.stdout.write(f"{text} ({used_s:.1f} s of processor time, load {load:.0f})\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
