"""The lake's tables as plain data: every column, its kind, unit and meaning."""

from collections.abc import Mapping
from types import MappingProxyType

from datasets.lake.schema.batch_tables import MEMBERS
from datasets.lake.schema.canary_tables import CANARIES, READOUTS
from datasets.lake.schema.columns import Column, Kind, Table
from datasets.lake.schema.quote_tables import QUOTES


def _maybe(name: str, kind: Kind, meaning: str, unit: str = "") -> Column:
    return Column(name, kind, meaning, required=False, unit=unit)


def _seen(name: str, kind: Kind, meaning: str) -> Column:
    """Return a column, null where it is not known, of what another look may see otherwise."""
    return Column(name, kind, meaning, required=False, incidental=True)


_RUN = Column("run_id", "id", "The flow run that made the row.")
_WHAT_IF = _maybe(
    "what_if_usd", "money", "Where nobody charges: what it would cost at published prices.", "USD"
)
_TARGET = Column("target", "text", "Where the work ran, such as `emulator:garnet`.")
_CALIBRATION = Column("calibration_id", "id", "The device snapshot that was used.")
_SHOTS = Column("shots", "int64", "Shots behind the value.", unit="shots")

RUNS = Table(
    "One state of a flow run. The view shows the latest row of each run.",
    ("run_id", "state"),
    (
        _RUN,
        Column("flow", "text", "The flow's name, such as `vqe`."),
        Column("tenant", "text", "Who pays."),
        _TARGET,
        Column("state", "text", "`running`, `completed`, `failed` or `cancelled`."),
        _maybe("seed", "int64", "The seed that all randomness of the run came from."),
        _maybe("problem", "text", "What was solved: a bundled name or a file."),
        Column("parameters", "json", "The flow's parameters, enough to run it again."),
        Column("started_at", "time", "When the run began, by its machine.", incidental=True),
        _seen("ended_at", "time", "When it ended, by the machine that ended it."),
        _maybe("quote_usd", "money", "What it may cost at most, as was quoted.", "USD"),
        _maybe("cost_usd", "money", "What was charged for it in the end.", "USD"),
        _maybe("result", "json", "The flow's answer."),
        _maybe("failure", "text", "Why it failed, in one line."),
        Column("lake_version", "int32", "The version of the lake that the runtime wrote."),
        Column(
            "recorded_at",
            "time",
            "When this state was written.",
            required=False,
            volatile=True,
        ),
        _maybe("streams", "int32", "How streams of random numbers come from the seed."),
        _maybe("number", "int64", "Which of the run's states it is, from 1; the last counts."),
        _WHAT_IF,
    ),
)

PROGRAMS = Table(
    "One program before compilation.",
    ("program_id",),
    (
        Column("program_id", "id", "Digest of the program."),
        _seen("name", "text", "A name for readers."),
        Column("source", "text", "The circuit in OpenQASM 3, parameters free."),
        Column("n_qubits", "int32", "Qubits of the program.", unit="qubits"),
        Column("n_parameters", "int32", "Free parameters."),
        Column("observables", "json", "Pauli strings (qubit 0 leftmost) and coefficients."),
    ),
)

COMPILED_PROGRAMS = Table(
    "One program compiled for one calibration.",
    ("compiled_id",),
    (
        Column("compiled_id", "id", "Digest of the compiled program."),
        Column("program_id", "id", "What was compiled."),
        _CALIBRATION,
        Column("source", "text", "The native circuit in OpenQASM 3, on device labels."),
        Column("measured", "json", "Measurement basis to the OpenQASM 3 that is executed."),
        Column("layout", "json", "Device label where each program qubit starts."),
        _maybe("measured_qubits", "json", "Device label that is measured into each bit."),
        Column("depth", "int32", "Layers of physical gates."),
        Column("two_qubit_gates", "int32", "Two-qubit gates."),
        Column("one_qubit_gates", "int32", "Physical one-qubit gates."),
        Column(
            "estimated_success", "float", "Product of gate, readout and idle fidelities, 0 to 1."
        ),
        Column("toolchain", "json", "Compiler packages and their versions.", incidental=True),
        Column("options", "json", "Options of the compilation."),
        _seen("reason", "text", "Why these qubits, in one sentence."),
        Column("compile_s", "float", "Time to compile.", unit="s", volatile=True),
    ),
)

DEVICE_SNAPSHOTS = Table(
    "A calibration with its `document`, or how a device stood at one moment, with its `status`.",
    ("calibration_id", "target", "taken_at"),
    (
        Column("calibration_id", "id", "Digest of the snapshot."),
        _TARGET,
        Column("vendor", "text", "Who makes the device."),
        Column("taken_at", "time", "When the runtime looked.", volatile=True),
        _maybe("published_at", "time", "When the vendor published the figures."),
        Column("n_qubits", "int32", "Usable qubits.", unit="qubits"),
        _maybe("n_pairs", "int32", "Usable couplers."),
        _maybe("status", "text", "`online`, `offline` or `retired`."),
        _maybe("queue_depth", "int32", "Tasks that wait; beyond 4,000 that many.", "tasks"),
        Column("shots_min", "int64", "Fewest shots a task may ask for.", unit="shots"),
        Column("shots_max", "int64", "Most shots a task may ask for.", unit="shots"),
        Column("usd_per_task", "money", "Price of a task.", unit="USD"),
        Column("usd_per_shot", "money", "Price of a shot.", unit="USD"),
        Column("usd_per_minute", "money", "Price of a minute of simulation.", unit="USD"),
        Column("source", "text", "Where the figures come from."),
        _maybe("name", "text", "What the vendor calls the device."),
        _maybe("windows", "json", "Pieces of the weekly schedule: day, start and end in UTC."),
        _maybe("clock", "text", "`ahead` where a calibration of the future was seen, else null."),
        _maybe("document", "json", "The snapshot in full, as `qrt devices import` writes it."),
    ),
)

CALIBRATIONS = Table(
    "One figure of one qubit or pair of a snapshot.",
    ("calibration_id", "element", "metric", "flag"),
    (
        Column("calibration_id", "id", "The snapshot that the figure belongs to."),
        _maybe("target", "text", "The device."),
        Column("element", "text", "`q3` for a qubit, `3-8` for a pair, `device` for all of it."),
        Column("metric", "text", "What was measured, such as `readout_fidelity` or `t1_s`."),
        _maybe("value", "float", "The published figure."),
        _maybe("stderr", "float", "Its published standard error."),
        _maybe("flag", "text", "Why it is not used: `sentinel`, `implausible`, ... or null."),
    ),
)

SELECTIONS = Table(
    "One candidate device of one choice.",
    ("selection_id", "target"),
    (
        Column("selection_id", "id", "The choice."),
        _RUN,
        Column("policy", "text", "What was preferred, such as `balanced`; `named` by the caller."),
        Column("target", "text", "The candidate."),
        _maybe("rank", "int32", "1 is best; null when rejected."),
        Column("score", "json", "What went into the rank.", incidental=True),
        Column("chosen", "bool", "Whether the work went here."),
        Column("reason", "text", "Why, in one sentence.", incidental=True),
    ),
)

EXECUTIONS = Table(
    "One paid unit of work on a target.",
    ("execution_id",),
    (
        Column("execution_id", "id", "Digest of the work; also Braket's client token."),
        _RUN,
        _maybe("parent_id", "id", "The execution whose missing part this one makes up for."),
        _TARGET,
        Column(
            "compiled_id", "id", "The compiled program that ran; a batch's `set_id` in `members`."
        ),
        Column("calibration_id", "id", "The snapshot that it was compiled for."),
        _seen("calibration_id_end", "id", "The snapshot when it ended."),
        _maybe("handle", "text", "The provider's name for it, such as an ARN."),
        Column("state", "text", "`completed`, `partial`, `failed`, `landed`, `settled`, ..."),
        Column("purpose", "text", "`readout`, `iteration`, `estimate` or `canary`."),
        _maybe("iteration", "int32", "The step of the loop, from 0; null outside loops."),
        Column("n_tasks", "int32", "Provider tasks that were billed.", unit="tasks"),
        Column("shots_requested", "int64", "Shots that were asked for.", unit="shots"),
        _maybe("shots_returned", "int64", "Shots that came back.", "shots"),
        Column("n_executables", "int32", "Circuits in it, copies included."),
        _maybe("cost_usd", "money", "What was charged for it.", "USD"),
        Column(
            "created_at",
            "time",
            "When it was written into the journal, by the machine that wrote.",
            incidental=True,
        ),
        _seen("submitted_at", "time", "When its handle was written down, by that machine."),
        _seen("started_at", "time", "When the target took it, by the target's clock."),
        _seen("ended_at", "time", "When the target was done with it, by the target's clock."),
        _seen("failure", "text", "The provider's reason."),
        _seen("calibration_id_submitted", "id", "The snapshot when it was submitted."),
        _seen("engine", "text", "What simulated it here, and why that; null on a device."),
        _WHAT_IF,
    ),
)

COUNTS = Table(
    "How often one outcome of one executable was seen.",
    ("execution_id", "executable", "outcome", "outcome_bits"),
    (
        Column("execution_id", "id", "The execution."),
        _RUN,
        Column("executable", "int32", "Position in the execution, from 0, copies added up."),
        Column("point", "int32", "Which binding of the parameters, from 0."),
        Column("basis", "text", "Measured Pauli letter a bit, the first bit leftmost."),
        Column("variant", "text", "`raw`, `zne:3` (noise times 3), `readout:0` (prepared 0)."),
        Column("n_qubits", "int32", "Measured qubits.", unit="qubits"),
        _maybe("outcome", "uint64", "Bit 0 (least significant) is the first measured qubit."),
        _maybe("outcome_bits", "bytes", "Beyond 64 qubits: the same integer, big-endian bytes."),
        Column("count", "uint32", "Shots with this outcome.", unit="shots"),
    ),
)

ESTIMATES = Table(
    "One expectation value, mitigated or not, beside the raw one.",
    ("run_id", "execution_id", "point", "observable", "method"),
    (
        _RUN,
        Column("execution_id", "id", "The first of the executions behind it."),
        Column("execution_ids", "texts", "All executions behind it."),
        _maybe("iteration", "int32", "The step of the loop, from 0; null outside loops."),
        Column("point", "int32", "Which binding of the parameters, from 0."),
        Column("observable", "text", "What was estimated, such as `energy`."),
        Column("method", "text", "`none`, `readout`, `zne` or `readout,zne`."),
        Column("value", "float", "The estimate."),
        Column("stderr", "float", "Its standard error."),
        Column("raw_value", "float", "The estimate without mitigation."),
        Column("raw_stderr", "float", "Its standard error."),
        Column("shots", "int64", "As asked: of each circuit; in searches, in all.", unit="shots"),
        _maybe("overhead", "float", "Variance over the raw variance at equal shots."),
        _maybe("parameters", "floats", "The point, in the order of the names.", unit="rad"),
        _maybe("experiment_id", "id", "What is swept, the same for each sweep of it."),
        _maybe("target", "text", "Where a sweep was measured."),
        _maybe("repetition", "int32", "Which repetition of a sweep, from 0."),
        _maybe("bound", "float", "Norm of the observable: the sizes of its coefficients summed."),
    ),
)

ITERATIONS = Table(
    "One step of a hybrid loop.",
    ("run_id", "iteration"),
    (
        _RUN,
        Column("iteration", "int32", "The step, from 0."),
        Column("parameters", "floats", "Where the optimiser stands.", unit="rad"),
        Column("value", "float", "The value there."),
        Column("stderr", "float", "Its standard error."),
        _SHOTS,
        Column("cost_usd", "money", "What was charged for the step.", unit="USD"),
        Column("elapsed_s", "float", "How long the step took.", unit="s", volatile=True),
        _WHAT_IF,
    ),
)

SPEND = Table(
    "One entry of the ledger.",
    ("entry_id",),
    (
        Column("entry_id", "id", "The entry."),
        _RUN,
        Column("tenant", "text", "Who pays."),
        _maybe("execution_id", "id", "What for."),
        Column("kind", "text", "`reserve`, `settle` or `release`."),
        Column("usd", "money", "How much, never negative.", unit="USD"),
        Column("at", "time", "When.", incidental=True),
    ),
)

QUALITY = Table(
    "One check of one batch against its contract.",
    ("run_id", "table_name", "batch"),
    (
        _RUN,
        Column("table_name", "text", "The table that the batch is for."),
        Column("batch", "text", "The file's path in the lake, whether or not it got there."),
        Column("contract", "text", "Name and version of the contract."),
        Column("success", "bool", "Whether it holds."),
        Column("failed", "json", "The expectations that failed, in words."),
        _maybe("report", "text", "Where the full report of a failure is."),
        Column("checked_at", "time", "When.", volatile=True),
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "runs": RUNS,
        "programs": PROGRAMS,
        "compiled_programs": COMPILED_PROGRAMS,
        "device_snapshots": DEVICE_SNAPSHOTS,
        "calibrations": CALIBRATIONS,
        "selections": SELECTIONS,
        "executions": EXECUTIONS,
        "counts": COUNTS,
        "estimates": ESTIMATES,
        "iterations": ITERATIONS,
        "spend": SPEND,
        "quality": QUALITY,
        "canaries": CANARIES,
        "readouts": READOUTS,
        "quotes": QUOTES,
        "members": MEMBERS,
    }
)
