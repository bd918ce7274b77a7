"""A sweep on the processes of a Dask or Ray cluster ends as on threads, whoever is killed."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.e2e.conftest import Command, Ran
from tests.e2e.prefect_api import processes, wait_for
from tests.e2e.processes import ROOT
from tests.e2e.sandbox_process import GARNET, Bill, Sandbox

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.long,
    pytest.mark.cluster,
    pytest.mark.skipif(
        not (find_spec("prefect_dask") and find_spec("prefect_ray")),
        reason="Dask and Ray are in .venv-cluster alone: `make test-cluster`",
    ),
]

CIRCUIT = """OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
ry(theta) q[0];
cx q[0], q[1];
"""
KILLED = "tests.e2e.killed:main"
STRUCK = Path(__file__).parent / "struck"
PIECES = 3  # of at most 16,384 points
# In whichever process comes there first: before anything is known, and while files are landed.
STRIKES = ("journal.written:submitted", "file.landed", "journal.written:landed")
# What is not the same in two runs, however they are made.
OF_THE_RUN = {"run_id", "created_at", "submitted_at", "started_at", "ended_at"}
RUNNERS = ["dask:2", "ray:2"]


@dataclass(frozen=True)
class Asked:
    """A sweep's command, and what is in the lake when it has ended on threads."""

    command: tuple[str, ...]
    lake: dict[str, pa.Table]


@pytest.fixture(scope="module")
def asked(homeless: Command, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Return a sweep of three pieces, corrected for readout, that has run in a flow's process."""
    circuit = tmp_path_factory.mktemp("circuit") / "ansatz.qasm"
    circuit.write_text(CIRCUIT)
    points = ("--points", "theta=0:pi:40000", "--shots", "20", "--observable", "Z0*Z1; Z0")
    emulated = ("--target", "emulator:garnet", "--mitigate", "readout")
    command = ("sweep", "--circuit", str(circuit), *points, *emulated, "--json")
    home = tmp_path_factory.mktemp("threads")
    ran = homeless(*command, QRT_HOME=str(home), QRT_TASK_RUNNER="threads")
    assert ran.code == 0, ran.err
    return Asked(command, lake(home))


def lake(home: Path) -> dict[str, pa.Table]:
    """Return every file of a sweep's results, by its path, without what is one run's own."""
    found = {}
    for table in ("counts", "estimates", "executions"):
        for path in sorted((home / "lake" / table).rglob("*.parquet")):
            if "readout" not in path.stem:  # that file is the run's, and has its name
                read = pq.read_table(path)  # type: ignore[no-untyped-call]
                same = [name for name in read.column_names if name not in OF_THE_RUN]
                found[path.relative_to(home).as_posix()] = read.select(same)
    return found


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_cluster_lands_the_same_files_as_threads(
    runner: str, asked: Asked, qrt: Command, qrt_home: Path
) -> None:
    ran = qrt(*asked.command, "--runner", runner, fresh=True)
    assert ran.code == 0, ran.err
    assert ran.answer["measured"] == 40000
    assert len(asked.lake) == 3 * PIECES
    assert lake(qrt_home) == asked.lake
    assert processes(qrt_home) == set()


@pytest.mark.parametrize("runner", RUNNERS)
def test_processes_that_are_killed_in_the_middle_of_a_piece_lose_nothing(
    runner: str, asked: Asked, qrt: Command, qrt_home: Path, tmp_path: Path
) -> None:
    struck = tmp_path / "struck"
    struck.mkdir()
    ran = qrt(
        *asked.command,
        fresh=True,
        QRT_TASK_RUNNER=runner,
        QRT_STRIKES=f"{struck} {' '.join(STRIKES)}",
        PYTHONPATH=f"{STRUCK}:{ROOT}",
    )
    assert ran.code == 0, ran.err
    assert {place.name for place in struck.iterdir()} == set(STRIKES)
    assert lake(qrt_home) == asked.lake
    assert qrt("verify").code == 0


@pytest.mark.parametrize("runners", [("dask:2", "ray:2"), ("ray:2", "threads")])
def test_a_flow_that_is_killed_takes_its_cluster_along_and_is_resumed_on_another(
    runners: tuple[str, str], asked: Asked, qrt: Command, qrt_home: Path, tmp_path: Path
) -> None:
    killed = ("piece.landed", "1", str(tmp_path / "log"), *asked.command)
    ran = qrt(*killed, main=KILLED, fresh=True, QRT_TASK_RUNNER=runners[0])
    assert ran.code == -9, ran.err
    wait_for(lambda: not processes(qrt_home))
    (run,) = qrt("runs", "--json").answer
    ended = qrt("resume", run["run_id"], "--json", fresh=True, QRT_TASK_RUNNER=runners[1])
    assert ended.code == 0, ended.err
    assert lake(qrt_home) == asked.lake


def test_what_is_bought_is_bought_by_the_flow_s_own_process(
    on_garnet: Callable[..., Ran], sandbox: Sandbox, qrt_home: Path, tmp_path: Path
) -> None:
    circuit = tmp_path / "pair.qasm"
    circuit.write_text(CIRCUIT)
    bill = Bill(sandbox)
    wanted = ("sweep", "--circuit", str(circuit), "--points", "theta=0:3:150", "--shots", "50")
    ran = on_garnet(*wanted, "--target", GARNET, "--json", QRT_TASK_RUNNER="dask:2")
    assert ran.code == 0, ran.err
    assert bill.since()[:2] == (2, 7500)
    assert not (qrt_home / "cache" / "dask").exists()


def test_a_cluster_that_does_not_answer_is_one_line(asked: Asked, qrt: Command) -> None:
    ran = qrt(*asked.command, "--runner", "dask:tcp://127.0.0.1:1", fresh=True)
    assert ran.code == 2
    assert "No Dask cluster at tcp://127.0.0.1:1 answers" in ran.line
