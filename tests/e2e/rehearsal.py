"""A short run on a device of a sandbox, in a home and a sandbox that it shares with nobody."""

import json
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.e2e.books import NOTHING, Books
from tests.e2e.conftest import Command, Ran, Running
from tests.e2e.processes import QRT
from tests.e2e.sandbox_process import GARNET, Sandbox

Given = TypeVar("Given")
Found = TypeVar("Found")
MEMORY = Path("/dev/shm")  # noqa: S108 - each rehearsal makes a folder of its own there
KILLED = "tests.e2e.killed:main"
LANES = 3  # runs beside each other: most of one is waiting
EXECUTIONS = 3  # two iterations and the final estimate
# All terms are measured in one basis: a result has few objects, and so few moments to die between.
PROBLEM = {"n_qubits": 2, "terms": [["ZI", 0.4], ["IZ", 0.3], ["ZZ", 0.2]]}


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One home and one sandbox; at most one run."""

    folder: Path
    sandbox: Sandbox
    qrt: Command

    @property
    def home(self) -> Path:
        """The home folder."""
        return self.folder / "home"

    @property
    def next(self) -> tuple[str, ...]:
        """The command that begins the run, or goes on with it once the journal has it."""
        run = self.run_id
        return ("resume", run, "--json") if run else self._begin

    @property
    def run_id(self) -> str | None:
        """The run, when the journal has it."""
        if not (self.home / "journal.db").exists():
            return None
        with closing(sqlite3.connect(self.home / "journal.db")) as journal:
            made = "SELECT 1 FROM sqlite_master WHERE name = 'runs'"
            if journal.execute(made).fetchone() is None:
                return None
            found = journal.execute("SELECT run_id FROM runs").fetchone()
        return str(found[0]) if found else None

    @property
    def books(self) -> Books:
        """The books of the home and the sandbox."""
        return Books(self.home, self.sandbox, self.qrt)

    def go_on(self, *, main: str = QRT, before: tuple[str, ...] = ()) -> Ran:
        """Begin or resume the run, to the end of the process."""
        return self.start(*before, *self.next, main=main).ended()

    def start(self, *arguments: str, main: str = QRT, fresh: bool = False, **more: str) -> Running:
        """Start a command in this home, pointed at this sandbox."""
        places = self.sandbox.environment | {"QRT_HOME": str(self.home)} | more
        return self.qrt.start(*arguments, main=main, fresh=fresh, **places)

    def killed_at(self, event: str, number: int) -> Ran:
        """Begin or resume the run, and kill the process at the n-th event of a name."""
        return self.go_on(main=KILLED, before=(event, str(number), str(self.log)))

    @property
    def log(self) -> Path:
        """Where `killed_at` writes what it heard."""
        return self.folder / "events"

    @property
    def _begin(self) -> tuple[str, ...]:
        problem = self.folder / "problem.json"
        problem.write_text(json.dumps(PROBLEM))
        given = ("--problem", str(problem), "--target", GARNET, "--ansatz", "hea")
        shots = ("--shots", "100", "--final-shots", "200", "--iterations", "2")
        return ("vqe", *given, *shots, "--mitigate", "none", "--json")


@contextmanager
def rehearsal(qrt: Command) -> Iterator[Rehearsal]:
    """Yield a rehearsal; its folder and sandbox end with the block.

    The folder is in memory where there is such a place: a kill, unlike a power cut, undoes no
    writing, so that waiting for a disk would prove nothing.
    """
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        sandbox = Sandbox(Path(name) / "sandbox")
        sandbox.start(qrt.preloaded.fork)
        try:
            yield Rehearsal(Path(name), sandbox, qrt)
        finally:
            sandbox.end(signal.SIGKILL)


def beside_each_other(check: Callable[[Given], Found], given: Iterable[Given]) -> list[Found]:
    """Return what the check finds for each; a few at a time."""
    with ThreadPoolExecutor(LANES) as lanes:
        return list(lanes.map(check, given))


def check_whole(ran: Ran, place: Rehearsal, *, where: object) -> None:
    """Fail unless the run is completed, and everything in it bought, landed and paid once."""
    assert ran.code == 0, f"{where}: {ran.err}"
    assert ran.answer["executions"] == EXECUTIONS, where
    assert len(place.sandbox.tasks()) == EXECUTIONS, where
    assert place.books.figures() == NOTHING, where
