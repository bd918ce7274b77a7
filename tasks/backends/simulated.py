"""Simulators and device emulators on this machine, which remember what they ran.

They behave like a provider: the result is a file in the spool, named by the execution, written
before the handle is given out. Whoever asks again gets that file, not a second simulation.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.files.writing import replace_file
from datasets.records.circuits import Circuit
from datasets.records.devices import DeviceSnapshot
from datasets.records.executions import Execution, ExecutionState
from datasets.records.names import file_part
from tasks.backends import noise
from tasks.backends.engine.sampling import Drawn, draw, rows_of
from tasks.backends.lowered import Lowered, lower
from tasks.backends.protocol import Histogram, Outcome, Sold
from tasks.core.circuits.openqasm_reader import from_openqasm
from tasks.core.planning.actions import Unit, units
from tasks.errors import BadInput, ExecutionFailed, StorageFault

MAX_DENSITY_MATRIX_QUBITS = 12  # 4**12 complex numbers are 268 MB
MAX_STATE_VECTOR_QUBITS = 25  # 2**25 are 537 MB

_Points = tuple[tuple[tuple[str, float], ...], ...]  # distinct inputs of units


class SimulatedBackend:
    """Runs executions on a snapshot: noisy for a QPU's, perfect for a simulator's."""

    charges = False
    lag = timedelta(0)

    def __init__(self, snapshot: DeviceSnapshot, spool: Path) -> None:
        self._snapshot = snapshot
        self._spool = spool
        self._noise = noise.at(snapshot)
        self._lowered = lru_cache(maxsize=64)(self._lower)  # a run has the same sources to its end

    def validate(self, circuit: Circuit) -> None:
        """Refuse circuits that do not fit this machine's memory."""
        self.check_size(self._snapshot, circuit)

    @staticmethod
    def check_size(snapshot: DeviceSnapshot, circuit: Circuit) -> None:
        """Return when a circuit fits this machine's memory.

        Raises:
            BadInput: it does not.
        """
        excess = beyond_memory(snapshot, circuit)
        if excess:
            message = f"{excess}. Choose a smaller problem or local:sv."
            raise BadInput(message)

    def find(self, execution: Execution) -> str | None:
        """Return the handle when the result is in the spool."""
        return execution.execution_id if self._file(execution.execution_id).exists() else None

    def submit(self, execution: Execution) -> str:
        """Simulate now, unless that has been done, and keep the result."""
        if self.find(execution) is None:
            started = datetime.now(UTC)
            found, engine = self._run(execution)
            self._keep(
                execution.execution_id,
                {
                    "calibration_id": self._snapshot.calibration_id,
                    "started_at": started.isoformat(),
                    "ended_at": datetime.now(UTC).isoformat(),
                    "engine": engine,
                    "executables": [_plain(each) for each in found],
                },
            )
        return execution.execution_id

    def wait(self, handle: str, *, between: Callable[[], None]) -> Outcome:
        """Return at once: `submit` has done the work."""
        between()
        return self.look(handle)

    def cancel(self, handle: str) -> None:
        """Do nothing: the work was done when it was submitted."""

    def now(self) -> datetime:
        """Return this machine's time."""
        return datetime.now(UTC)

    def sold(self, within: timedelta) -> tuple[Sold, ...]:
        """Return nothing: the spool belongs to the journal beside it."""
        del within
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
            engine=result.get("engine"),  # the spool of an older release has none
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

    def _run(self, execution: Execution) -> tuple[list[Histogram], str]:
        wanted = units(execution.action)
        shots, rest = divmod(execution.shots, len(wanted))
        if rest:
            message = f"{execution.shots} shots do not divide by {len(wanted)} executables."
            raise BadInput(message)
        found: dict[int, Histogram] = {}
        places = _by_source(wanted)
        known, engine = self._probabilities({s: _inputs(wanted, at) for s, at in places.items()})
        for stream, (source, at) in enumerate(places.items()):
            points = {inputs: row for row, inputs in enumerate(_inputs(wanted, at))}
            rows = known[source][[points[wanted[place].inputs] for place in at]]
            drawn = draw(rows, shots=shots, seed=execution.seed, stream=stream, first_point=0)
            found |= zip(at, _histograms(drawn, rows), strict=True)
        return [found[place] for place in range(len(wanted))], engine

    def _probabilities(
        self, points: Mapping[str, _Points]
    ) -> tuple[dict[str, NDArray[np.float64]], str]:
        """Return each source's probabilities, (n_points, n_outcomes), in as few calls as can be.

        With them goes what simulated them.
        """
        alike: dict[tuple[object, ...], list[str]] = defaultdict(list)
        for source, inputs in points.items():
            alike[_read(source)[1], inputs].append(source)
        known: dict[str, NDArray[np.float64]] = {}
        engines: dict[str, None] = {}
        for sources in alike.values():
            inputs = points[sources[0]]
            names = tuple(name for name, _ in inputs[0])
            values = np.array([[value for _, value in row] for row in inputs]).reshape(
                len(inputs), len(names)
            )
            found = self._lowered(tuple(sources), names).probabilities(values)
            known |= zip(sources, found.values, strict=True)
            engines[found.choice.told] = None
        return known, "; ".join(engines)

    def _lower(self, sources: tuple[str, ...], names: tuple[str, ...]) -> Lowered:
        circuits = [_read(source)[0] for source in sources]
        measured_qubits = _read(sources[0])[1]
        return lower(circuits, measured_qubits=measured_qubits, names=names, noise=self._noise)

    def _file(self, handle: str) -> Path:
        return self._spool / f"{file_part(handle)}.json"

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
        try:
            replace_file(self._file(handle), json.dumps(result))
        except OSError as error:
            message = (
                f"A result cannot be kept in {self._spool}: {error.strerror}. "
                "Check the space and rights there, or set QRT_HOME to another folder."
            )
            raise StorageFault(message) from error


def beyond_memory(snapshot: DeviceSnapshot, circuit: Circuit) -> str:
    """Return by how much a circuit exceeds what is simulated here; nothing where it fits."""
    perfect = noise.at(snapshot) is None
    limit = MAX_STATE_VECTOR_QUBITS if perfect else MAX_DENSITY_MATRIX_QUBITS
    needed = max(circuit.n_qubits, len({q for gate in circuit.gates for q in gate.qubits}))
    if needed <= limit:
        return ""
    return (
        f"{snapshot.name} is simulated here with up to {limit} qubits; the circuit needs {needed}"
    )


def _plain(found: Histogram) -> dict[str, object]:
    return {
        "n_qubits": found.n_qubits,
        "outcomes": found.outcomes.tolist(),
        "counts": found.counts.tolist(),
    }


def _by_source(wanted: Sequence[Unit]) -> dict[str, list[int]]:
    """Return the places of each source's units, sources in the order of their first one."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, unit in enumerate(wanted):
        places[unit.source].append(place)
    return places


def _inputs(wanted: Sequence[Unit], places: Sequence[int]) -> _Points:
    """Return the distinct points of some units, in the order of their first one."""
    return tuple(dict.fromkeys(wanted[place].inputs for place in places))


def _histograms(drawn: Drawn, rows: NDArray[np.float64]) -> Iterator[Histogram]:
    offsets = rows_of(drawn, len(rows))
    for start, stop in pairwise(offsets.tolist()):
        yield Histogram(
            n_qubits=rows.shape[1].bit_length() - 1,
            outcomes=drawn.outcomes[start:stop],
            counts=drawn.counts[start:stop],
        )


@lru_cache(maxsize=1024)
def _read(source: str) -> tuple[Circuit, tuple[int, ...]]:
    return from_openqasm(source)
