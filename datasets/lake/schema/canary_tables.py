"""The tables of what devices were seen to do, beside what is published of them."""

from datasets.lake.schema.columns import Column, Table

_RUN = Column("run_id", "id", "The flow run that made the row.")
_TARGET = Column("target", "text", "Where the work ran, such as `emulator:garnet`.")
_CALIBRATION = Column("calibration_id", "id", "The device snapshot that was used.")
_SHOTS = Column("shots", "int64", "Shots behind the value.", unit="shots")

CANARIES = Table(
    "One canary circuit on one device.",
    ("target", "calibration_id", "circuit", "at"),
    (
        Column("run_id", "id", _RUN.meaning, required=False),
        _TARGET,
        _CALIBRATION,
        Column("circuit", "text", "The canary's name."),
        Column("score", "float", "What was measured, 0 to 1."),
        Column("baseline", "float", "What is expected of a healthy device, 0 to 1."),
        Column("p_value", "float", "Chance of a score this low on a healthy device."),
        Column("passed", "bool", "Whether the device is healthy."),
        Column("at", "time", "When.", incidental=True),
    ),
)

READOUTS = Table(
    "How one qubit was misread: what a run's readout mitigation used, or a canary learnt.",
    ("run_id", "element"),
    (
        _RUN,
        Column("execution_id", "id", "What measured it; of another run if reused."),
        _TARGET,
        _CALIBRATION,
        Column("element", "text", "The qubit, such as `q3`."),
        Column("p1_given_0", "float", "Share of 1 where 0 was prepared."),
        Column("p1_given_0_stderr", "float", "Its standard error."),
        Column("p0_given_1", "float", "Share of 0 where 1 was prepared."),
        Column("p0_given_1_stderr", "float", "Its standard error."),
        _SHOTS,
        Column("measured_at", "time", "When the device was done with it.", incidental=True),
    ),
)
