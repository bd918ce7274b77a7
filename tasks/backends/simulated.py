"""Simulators and device emulators on this machine, which remember what they ran.

They behave like a provider: the result is a file in the spool, named by the execution, written
before the handle is given out. Whoever asks again gets that file, not a second simulation.
"""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.records.circuits import Circuit
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Execution, ExecutionState
from tasks.backends import noise, simulation
from tasks.backends.protocol import Histogram, Outcome, Sold
from tasks.core.actions import Unit, units
from tasks.core.openqasm_reader import from_openqasm
from tasks.errors import BadInput, ExecutionFailed, StorageFault

MAX_DENSITY_MATRIX_QUBITS = 12  # 4**12 complex numbers are 268 MB
MAX_STATE_VECTOR_QUBITS = 25  # 2**25 are 537 MB


class SimulatedBackend:
    """Runs executions on a snapshot: noisy for a QPU's, perfect for a simulator's."""

    charges = False
    lag = timedelta(0)

    def __init__(self, snapshot: DeviceSnapshot, spool: Path) -> None:
        self._snapshot = snapshot
        self._spool = spool
        self._noise = noise.at(snapshot)

    def validate(self, circuit: Circuit) -> None:
        """Refuse circuits that do not fit this machine's memory."""
        limit = MAX_STATE_VECTOR_QUBITS if self._noise is None else MAX_DENSITY_MATRIX_QUBITS
        needed = max(circuit.n_qubits, len({q for gate in circuit.gates for q in gate.qubits}))
        if needed > limit:
            message = (
                f"{self._snapshot.name} is simulated here with up to {limit} qubits; "
                f"the circuit needs {needed}. Choose a smaller problem or local:sv."
            )
            raise BadInput(message)

    def find(self, execution: Execution) -> str | None:
        """Return the handle when the result is in the spool."""
        return execution.execution_id if self._file(execution.execution_id).exists() else None

    def submit(self, execution: Execution) -> str:
        """Simulate now, unless that has been done, and keep the result."""
        if self.find(execution) is None:
            started = datetime.now(UTC)
            executables = [_plain(found) for found in self._run(execution)]
            self._keep(
                execution.execution_id,
                {
                    "calibration_id": self._snapshot.calibration_id,
                    "started_at": started.isoformat(),
                    "ended_at": datetime.now(UTC).isoformat(),
                    "executables": executables,
                },
            )
        return execution.execution_id

    def wait(self, handle: str, *, between: Callable[[], None]) -> Outcome:
        """Return at once: `submit` has done the work."""
        between()
        return self.look(handle)

    def cancel(self, handle: str) -> None:
        """Do nothing: the work was done when it was submitted."""

    def sold(self, since: datetime) -> tuple[Sold, ...]:
        """Return nothing: what is in the spool belongs to the journal beside it."""
        del since
        return ()

    def calibration(self) -> str:
        """Return the snapshot's: an emulated device stays as it is."""
        return self._snapshot.calibration_id

    def look(self, handle: str) -> Outcome:
        """Return how the simulation went."""
        result = self._result(handle)
        return Outcome(
            state=ExecutionState.COMPLETED,
            shots_returned=sum(sum(found["counts"]) for found in result["executables"]),
            started_at=datetime.fromisoformat(result["started_at"]),
            ended_at=datetime.fromisoformat(result["ended_at"]),
            calibration_id_end=result["calibration_id"],
        )

    def fetch(self, handle: str) -> tuple[Histogram, ...]:
        """Read the result back."""
        return tuple(
            Histogram(
                n_qubits=found["n_qubits"],
                outcomes=np.array(found["outcomes"], dtype=np.uint64),
                counts=np.array(found["counts"], dtype=np.uint32),
            )
            for found in self._result(handle)["executables"]
        )

    def discard(self, handle: str) -> None:
        """Remove the result from the spool."""
        self._file(handle).unlink(missing_ok=True)

    def _run(self, execution: Execution) -> Iterator[Histogram]:
        shots, rest = divmod(execution.shots, len(wanted := units(execution.action)))
        if rest:
            message = f"{execution.shots} shots do not divide by {len(wanted)} executables."
            raise BadInput(message)
        known = self._probabilities(wanted)
        for index, unit in enumerate(wanted):
            rng = np.random.default_rng([execution.seed, index])
            drawn = rng.multinomial(shots, known[unit])
            seen = np.flatnonzero(drawn)
            yield Histogram(
                n_qubits=len(known[unit]).bit_length() - 1,
                outcomes=seen.astype(np.uint64),
                counts=drawn[seen].astype(np.uint32),
            )

    def _probabilities(self, wanted: Sequence[Unit]) -> dict[Unit, NDArray[np.float64]]:
        """Simulate each distinct unit once, those of one point and one register together."""
        alike: dict[tuple[object, ...], list[Unit]] = defaultdict(list)
        for unit in dict.fromkeys(wanted):
            alike[unit.inputs, _read(unit.source)[1]].append(unit)
        known: dict[Unit, NDArray[np.float64]] = {}
        for members in alike.values():
            found = simulation.probabilities(
                [_read(unit.source)[0] for unit in members],
                dict(members[0].inputs),
                measured_qubits=_read(members[0].source)[1],
                noise=self._noise,
            )
            known |= dict(zip(members, found, strict=True))
        return known

    def _file(self, handle: str) -> Path:
        return self._spool / f"{handle}.json"

    def _result(self, handle: str) -> dict[str, Any]:
        path = self._file(handle)
        try:
            result: dict[str, Any] = json.loads(path.read_bytes())
        except OSError as error:
            message = (
                f"The result {path} cannot be read: {error.strerror}. Restore the file, or start "
                "a new run."
            )
            raise ExecutionFailed(message) from error
        return result

    def _keep(self, handle: str, result: dict[str, object]) -> None:
        aside = self._spool / f".{handle}.{os.getpid()}"
        try:
            with aside.open("w") as stream:
                json.dump(result, stream)
                stream.flush()
                os.fsync(stream.fileno())
            aside.replace(self._file(handle))
        except OSError as error:
            aside.unlink(missing_ok=True)
            message = (
                f"A result cannot be kept in {self._spool}: {error.strerror}. "
                "Free space there, or set QRT_HOME to another folder."
            )
            raise StorageFault(message) from error


def _plain(found: Histogram) -> dict[str, object]:
    return {
        "n_qubits": found.n_qubits,
        "outcomes": found.outcomes.tolist(),
        "counts": found.counts.tolist(),
    }


@lru_cache(maxsize=1024)
def _read(source: str) -> tuple[Circuit, tuple[int, ...]]:
    return from_openqasm(source)
